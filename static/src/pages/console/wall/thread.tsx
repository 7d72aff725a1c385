/** The letters with one room, and a line to write to one of its people or to all; the reader's language is shown. */
import { useSignal } from '@preact/signals';
import { MessageSquare, SendHorizontal } from 'lucide-preact';
import { useId } from 'preact/hooks';
import type { Row } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { Select } from '../../../ui/select';
import { plain } from '../../../ui/text';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { useDoing } from '../doing';
import { useStaff } from '../staff';
import { lettersOf, readersOf } from './letters';

/** More stand in the letters themselves. */
const shown = 6;

export function Thread({ row }: { row: Row }) {
  const desk = useDesk();
  const { words } = desk;
  const { board, acts } = useStaff();
  const zone = zoneOf(desk);
  const letters = lettersOf(row, board.notes.value, board.booths.value).slice(-shown);
  return (
    <section class="card-part" aria-labelledby="room-letters">
      <h3 id="room-letters">
        <MessageSquare size={20} aria-hidden="true" /> {words.t('detail.letters')}
      </h3>
      {letters.length === 0 ? (
        <p class="room-quiet">{words.t('room_letters.none')}</p>
      ) : (
        <ol class="letter-notes">
          {letters.map((note) => (
            <li key={note.id} class="letter-note" data-mine={note.to !== undefined && note.to !== ''}>
              <small>
                <bdi>{note.from.name}</bdi> ·{' '}
                <time dateTime={note.at}>{desk.format.value.time(at(note.at), zone)}</time>
              </small>
              <p>
                <bdi>{note.kind === 'call' ? words.t('letters.called') : plain(note.text)}</bdi>
              </p>
            </li>
          ))}
        </ol>
      )}
      {acts && <Compose row={row} />}
    </section>
  );
}

function Compose({ row }: { row: Row }) {
  const desk = useDesk();
  const { words, visit } = desk;
  const { board } = useStaff();
  const doing = useDoing();
  const id = useId();
  const readers = readersOf(row, visit.bootstrap.value?.event.language ?? 'ko');
  const to = useSignal(readers[0]?.to ?? row.consultation.id);
  const text = useSignal('');
  return (
    <form
      class="room-write"
      onSubmit={(event) => {
        event.preventDefault();
        const said = text.value.trim();
        if (said === '') return;
        doing.run(
          () => board.write(to.value, said),
          () => {
            text.value = '';
          },
        );
      }}
    >
      <Select
        label={words.t('room_letters.to')}
        value={to.value}
        options={readers.map(({ to: value, role, language }) => {
          const name = role === 'all' ? words.t('room_letters.all') : words.t(`role.${role}`);
          return {
            value,
            label: language
              ? `${name} · ${words.t('room_letters.reads', { language: desk.format.value.tongue(language) })}`
              : name,
          };
        })}
        onChoose={(value) => {
          to.value = value;
        }}
        testid="room-to"
      />
      <label class="hidden" for={id}>
        {words.t('letters.text')}
      </label>
      <textarea
        id={id}
        class="input"
        rows={2}
        maxLength={2000}
        dir="auto"
        value={text.value}
        placeholder={words.t('letters.text')}
        data-testid="room-text"
        onInput={(event) => {
          text.value = event.currentTarget.value;
          if (doing.done) doing.reset();
        }}
      />
      <div class="buttons">
        <Button type="submit" icon={SendHorizontal} busy={doing.busy} testid="room-send">
          {words.t('letters.send')}
        </Button>
        <span role="status" class="form-hint">
          {doing.failed ?? (doing.done && words.t('room_letters.sent'))}
        </span>
      </div>
    </form>
  );
}
