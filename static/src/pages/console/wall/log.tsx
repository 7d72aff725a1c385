/** What staff did in this room, the last first; asked for only when somebody wants to see it. */
import { ScrollText } from 'lucide-preact';
import { useMemo } from 'preact/hooks';
import type { Row } from '../../../protocol/types';
import { AuditModel } from '../../../room/desk/audit';
import { Button } from '../../../ui/button';
import { plain } from '../../../ui/text';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { useDeed, useSeat } from '../record/say';
import { useStaff } from '../staff';
import { useFailure } from '../told';

/** All the others stand in the audit log. */
const shown = 10;

export function RoomLog({ row }: { row: Row }) {
  const { words } = useDesk();
  const { board } = useStaff();
  const failure = useFailure();
  const { id } = row.consultation;
  const model = useMemo(() => new AuditModel(board.record.audit), [board]);
  const state = model.state.value;
  const entries = model.entries.value.slice(0, shown);
  const read = () => void model.choose({ consultation: id });
  return (
    <details
      class="card-part room-log"
      data-testid="room-log"
      onToggle={(event) => {
        if (event.currentTarget.open) read();
      }}
    >
      <summary>
        <ScrollText size={20} aria-hidden="true" /> {words.t('detail.log')}
      </summary>
      {entries.length > 0 && <Entries model={model} shown={entries} />}
      <div class="buttons">
        <p role="status" class="form-hint">
          {state === 'reading'
            ? words.t('audit.reading')
            : typeof state === 'object'
              ? failure(state.failed)
              : entries.length === 0 && words.t('detail.logNone')}
        </p>
        <Button busy={state === 'reading'} testid="room-log-again" onClick={read}>
          {words.t('readiness.reload')}
        </Button>
      </div>
    </details>
  );
}

function Entries({ model, shown: entries }: { model: AuditModel; shown: AuditModel['entries']['value'] }) {
  const desk = useDesk();
  const { words } = desk;
  const { board } = useStaff();
  const staff = (board.staff.value ?? []).map(({ id, name }) => [id, name] as const);
  const deed = useDeed(new Map([...staff, ...model.people.value]));
  const seat = useSeat();
  const zone = zoneOf(desk);
  return (
    <ol class="room-log-list">
      {entries.map((entry) => (
        <li key={entry.id}>
          <time class="digits" dateTime={entry.at}>
            {desk.format.value.time(at(entry.at), zone)}
          </time>
          <span>
            <strong>{words.t(`audit.action.${entry.action}`)}</strong>{' '}
            {[entry.seat ? seat(entry.seat) : '', deed(entry), plain(entry.reason ?? '')]
              .filter(Boolean)
              .join(' · ')}
            <small>
              <bdi>{entry.name || words.t('audit.nobody')}</bdi>
            </small>
          </span>
        </li>
      ))}
    </ol>
  );
}
