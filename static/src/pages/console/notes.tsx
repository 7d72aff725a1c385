/** The letters: calls from booths first, a thread a person; answers to one, to a consultation or to all. */
import { useSignal } from '@preact/signals';
import { BellRing, Check, ChevronLeft, Megaphone, SendHorizontal } from 'lucide-preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Note } from '../../protocol/types';
import { type Failure, failureOf } from '../../room/desk/load';
import { isOpen, type Thread, threadsOf, type With, withOf } from '../../room/desk/notes';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { plain } from '../../ui/text';
import { useDesk, zoneOf } from '../desk';
import { at } from '../meeting';
import { useStaff } from './staff';
import { useFailure } from './told';

export function Notes() {
  const { words } = useDesk();
  const { board, letters, writing } = useStaff();
  const threads = threadsOf(board.notes.value, board.rows.value, board.booths.value);
  const to = writing.value;
  return (
    <Dialog
      title={words.t('letters.title')}
      close={words.t('room.close')}
      side
      testid="notes"
      onClose={() => {
        letters.value = false;
        writing.value = null;
      }}
    >
      {to === null ? (
        <List threads={threads} />
      ) : (
        <Letter key={to} to={to} thread={threads.find((one) => one.to === to) ?? null} />
      )}
    </Dialog>
  );
}

function List({ threads }: { threads: Thread[] }) {
  const desk = useDesk();
  const { words } = desk;
  const { writing, acts } = useStaff();
  const who = useWith();
  const zone = zoneOf(desk);
  return (
    <>
      {acts && (
        <div class="buttons">
          <Button
            icon={Megaphone}
            testid="write-all"
            onClick={() => {
              writing.value = '*';
            }}
          >
            {words.t('letters.toAll')}
          </Button>
        </div>
      )}
      {threads.length === 0 && <p class="console-empty">{words.t('letters.none')}</p>}
      <ul class="threads">
        {threads.map((thread) => {
          const last = thread.notes.at(-1);
          return (
            <li key={thread.to}>
              <button
                type="button"
                class="letters-thread"
                data-tone={thread.open.length > 0 ? 'late' : undefined}
                data-testid="thread"
                onClick={() => {
                  writing.value = thread.to;
                }}
              >
                <strong>
                  {thread.open.length > 0 && <BellRing size={18} aria-hidden="true" />}
                  <bdi>{who(thread.with)}</bdi>
                </strong>
                <time dateTime={last?.at}>{desk.format.value.time(thread.last, zone)}</time>
                <span class="thread-last">
                  {thread.open.length > 0 ? words.t('letters.waits') : last && <Said note={last} />}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}

function Said({ note }: { note: Note }) {
  const { words } = useDesk();
  return <bdi>{note.kind === 'call' ? words.t('letters.called') : plain(note.text)}</bdi>;
}

function Letter({ to, thread }: { to: string; thread: Thread | null }) {
  const desk = useDesk();
  const { words } = desk;
  const { board, writing, acts } = useStaff();
  const who = useWith();
  const failure = useFailure();
  const text = useSignal('');
  const state = useSignal<'idle' | 'busy' | { failed: Failure }>('idle');
  const end = useRef<HTMLDivElement>(null);
  const zone = zoneOf(desk);
  const count = thread?.notes.length ?? 0;
  useEffect(() => end.current?.scrollIntoView({ block: 'nearest' }), [count]);
  const about = thread?.with ?? withOf(to, board.rows.value, board.booths.value);
  const failed = typeof state.value === 'object' ? state.value.failed : null;
  const send = () => {
    const said = text.value.trim();
    if (said === '' || state.value === 'busy') return;
    state.value = 'busy';
    board.write(to, said).then(
      () => {
        state.value = 'idle';
        text.value = '';
      },
      (cause) => {
        state.value = { failed: failureOf(cause) };
      },
    );
  };
  return (
    <div class="letter">
      <div class="letter-head">
        <Button
          look="plain"
          icon={ChevronLeft}
          testid="threads"
          onClick={() => {
            writing.value = null;
          }}
        >
          {words.t('letters.back')}
        </Button>
        <h3>
          <bdi>{who(about)}</bdi>
        </h3>
      </div>
      <ol class="letter-notes">
        {thread?.notes.map((note) => (
          <li key={note.id} class="letter-note" data-mine={note.to !== undefined && note.to !== ''}>
            <small>
              <bdi>{note.from.name}</bdi> ·{' '}
              <time dateTime={note.at}>{desk.format.value.time(at(note.at), zone)}</time>
            </small>
            <p>
              <Said note={note} />
            </p>
            {acts && isOpen(note) && (
              <Button
                icon={Check}
                testid="call-seen"
                onClick={() => void board.seen(note.id).catch(() => undefined)}
              >
                {words.t('letters.seen')}
              </Button>
            )}
            {note.kind === 'call' && note.seen_by && (
              <small>{words.t('letters.seenBy', { name: note.seen_by })}</small>
            )}
          </li>
        ))}
      </ol>
      <div ref={end} />
      {acts && (
        <form
          class="letter-form"
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
        >
          <label class="hidden" for="letter-text">
            {words.t('letters.text')}
          </label>
          <textarea
            id="letter-text"
            class="input"
            rows={3}
            maxLength={2000}
            value={text.value}
            placeholder={words.t('letters.text')}
            data-testid="note-text"
            onInput={(event) => {
              text.value = event.currentTarget.value;
            }}
          />
          <Button
            look="main"
            type="submit"
            icon={SendHorizontal}
            busy={state.value === 'busy'}
            testid="note-send"
          >
            {words.t('letters.send')}
          </Button>
        </form>
      )}
      <p role="status">{failed && failure(failed)}</p>
    </div>
  );
}

/** Whom a thread is with, in words. */
export function useWith(): (about: With) => string {
  const { words } = useDesk();
  const { board } = useStaff();
  const place = (id: string | null): string | null => {
    const row = board.rows.value.find((one) => one.consultation.id === id);
    return row ? row.consultation.booth : null;
  };
  return (about) => {
    switch (about.who) {
      case 'everybody':
        return words.t('letters.everybody');
      case 'booth':
        return about.name;
      case 'consultation': {
        const row = board.rows.value.find((one) => one.consultation.id === about.id);
        return row
          ? words.t('letters.consultation', {
              booth: row.consultation.booth,
              firm: row.consultation.firm.name,
              buyer: row.consultation.buyer.name,
            })
          : about.id;
      }
      case 'person': {
        const role = words.t(`role.${about.role}`);
        const where = place(about.consultation);
        const name = about.name || role;
        return where
          ? words.t('letters.personAt', { name, role, booth: where })
          : words.t('letters.person', { name, role });
      }
    }
  };
}
