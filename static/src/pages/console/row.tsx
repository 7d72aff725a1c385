import { CircleEllipsis } from 'lucide-preact';
import { minutes } from '../../i18n/format';
import type { Role, SeatPresence, SeatState } from '../../protocol/types';
import { type Shape, Sign, State, type Tone } from '../../ui/state';
import { useDesk, zoneOf } from '../desk';
import { at } from '../meeting';
import { signOf } from '../phases';
import type { Entry, Trouble } from './board';
import { useStaff } from './staff';

export function rowId(consultation: string): string {
  return `row-${consultation}`;
}

export function BoardRow({ entry, onOpen }: { entry: Entry; onOpen: (id: string) => void }) {
  const desk = useDesk();
  const { words } = desk;
  const { acts } = useStaff();
  const format = desk.format.value;
  const zone = zoneOf(desk);
  const { consultation, clock } = entry.row;
  const sign = signOf(clock.phase);
  const { firm, buyer, interpreter } = consultation;
  return (
    <tr
      id={rowId(consultation.id)}
      tabIndex={-1}
      data-testid="board-row"
      data-consultation={consultation.id}
      data-phase={clock.phase}
      data-trouble={entry.trouble !== null}
    >
      <td class="board-time">
        <time dateTime={clock.starts_at}>{format.time(at(clock.starts_at), zone)}</time>
        <small>
          –<time dateTime={clock.ends_at}>{format.time(at(clock.ends_at), zone)}</time>
        </small>
      </td>
      <td class="board-booth">{consultation.booth}</td>
      <td class="board-firm">
        <span class="board-label">{words.t('role.firm')}</span>
        <span class="board-party">
          <strong>
            <bdi>{firm.name}</bdi>
          </strong>
          <small>{firm.products}</small>
        </span>
        <Seats seats={entry.firm} />
      </td>
      <td class="board-buyer">
        <span class="board-label">{words.t('role.buyer')}</span>
        <span class="board-party">
          <strong>
            <bdi>{buyer.name}</bdi>
          </strong>
          <small>{format.country(buyer.country)}</small>
        </span>
        <Seats seats={entry.buyer} />
      </td>
      <td class="board-others">
        {interpreter.name ? (
          <>
            <span class="board-label">{words.t('role.interpreter')}</span>
            <strong>
              <bdi>{interpreter.name}</bdi>
            </strong>
          </>
        ) : (
          <small>{words.t('lobby.noInterpreter')}</small>
        )}
        <Seats seats={entry.others} />
      </td>
      <td class="board-state">
        <State tone={sign.tone} shape={sign.shape} testid="phase" phase={clock.phase}>
          {words.t(`phase.${clock.phase}`)}
        </State>
      </td>
      <td class="board-note">
        <Notes entry={entry} onOpen={onOpen} />
      </td>
      <td class="board-actions">
        {acts && (
          <button
            type="button"
            class="button"
            data-look="plain"
            data-testid="row-actions"
            onClick={() => onOpen(consultation.id)}
          >
            <CircleEllipsis size={20} aria-hidden="true" />
            <span class="board-actions-word">{words.t('console.open')}</span>
            <span class="hidden">
              {consultation.booth} {format.time(at(clock.starts_at), zone)}
            </span>
          </button>
        )}
      </td>
    </tr>
  );
}

const presences: Record<SeatPresence, { tone: Tone; shape: Shape }> = {
  here: { tone: 'live', shape: 'full' },
  lobby: { tone: 'wait', shape: 'half' },
  away: { tone: 'wait', shape: 'half' },
  absent: { tone: 'idle', shape: 'ring' },
  left: { tone: 'idle', shape: 'bar' },
};

function Seats({ seats }: { seats: SeatState[] }) {
  const desk = useDesk();
  const { words } = desk;
  const zone = zoneOf(desk);
  return (
    <>
      {seats.map((seat, index) => {
        const { tone, shape } = presences[seat.state];
        const since = seat.since ? desk.format.value.time(at(seat.since), zone) : '';
        return (
          <span
            key={`${seat.seat} ${index}`}
            class="seat"
            data-tone={tone}
            data-testid="seat-state"
            data-role={seat.role}
            data-seat={seat.seat}
            data-state={seat.state}
          >
            <Sign shape={shape} />
            {(seat.role === 'observer' || seat.state === 'lobby') && (
              <bdi>{seat.name || words.t(`role.${seat.role}`)}</bdi>
            )}
            <span>
              {since
                ? words.t(`console.since.${seat.state}`, { time: since })
                : words.t(`console.seat.${seat.state}`)}
            </span>
          </span>
        );
      })}
    </>
  );
}

function Notes({ entry, onOpen }: { entry: Entry; onOpen: (id: string) => void }) {
  const desk = useDesk();
  const { words } = desk;
  const trouble = useTrouble();
  const { acts } = useStaff();
  const zone = zoneOf(desk);
  return (
    <>
      {entry.trouble && (
        <State tone="late" shape="mark">
          {trouble(entry.trouble)}
        </State>
      )}
      {entry.verdict && (
        <State tone="idle" shape="bar">
          {words.t(`verdict.${entry.verdict}`)}
        </State>
      )}
      {entry.proposed && acts && (
        <button
          type="button"
          class="board-proposal"
          data-testid="confirm-no-show"
          onClick={() => onOpen(entry.row.consultation.id)}
        >
          {words.t(`verdict.confirm.${entry.proposed}`)}
        </button>
      )}
      {entry.closesAt !== null ? (
        <span>{words.t('console.farewell', { time: desk.format.value.time(entry.closesAt, zone) })}</span>
      ) : (
        entry.over && <span>{words.t('console.overrun', { minutes: minutesWord(words, entry.overMs) })}</span>
      )}
    </>
  );
}

/** The words for what is wrong, in the row and on top. */
export function useTrouble(): (trouble: Trouble) => string {
  const { words } = useDesk();
  return (trouble) => {
    switch (trouble.what) {
      case 'missing':
        return words.t(`console.missing.${trouble.who}`, { minutes: minutesWord(words, trouble.ms) });
      case 'away':
        return words.t('console.awayLong', {
          role: role(words, trouble.role),
          minutes: minutesWord(words, trouble.ms),
        });
    }
  };
}

type Words = ReturnType<typeof useDesk>['words'];

// The first minute counts as one: "0 minutes" reads like a fault of the board.
export function minutesWord(words: Words, ms: number): string {
  return words.t('time.short_minutes', { count: Math.max(1, minutes(ms)) });
}

function role(words: Words, of: Role): string {
  return words.t(`role.${of}`);
}
