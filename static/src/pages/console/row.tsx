import { minutes } from '../../i18n/format';
import type { Role, SeatPresence, SeatState } from '../../protocol/types';
import { type Shape, Sign, State, type Tone } from '../../ui/state';
import { useDesk, zoneOf } from '../desk';
import { at } from '../meeting';
import { signOf } from '../phases';
import type { Entry, Trouble } from './board';

export function rowId(consultation: string): string {
  return `row-${consultation}`;
}

export function BoardRow({ entry }: { entry: Entry }) {
  const desk = useDesk();
  const { words } = desk;
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
          <strong>{firm.name}</strong>
          <small>{firm.products}</small>
        </span>
        <Seats seats={entry.firm} />
      </td>
      <td class="board-buyer">
        <span class="board-label">{words.t('role.buyer')}</span>
        <span class="board-party">
          <strong>{buyer.name}</strong>
          <small>{format.country(buyer.country)}</small>
        </span>
        <Seats seats={entry.buyer} />
      </td>
      <td class="board-others">
        {interpreter.name ? (
          <>
            <span class="board-label">{words.t('role.interpreter')}</span>
            <strong>{interpreter.name}</strong>
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
        <Notes entry={entry} />
      </td>
    </tr>
  );
}

const presences: Record<SeatPresence, { tone: Tone; shape: Shape }> = {
  here: { tone: 'live', shape: 'full' },
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
      {seats.map((seat) => {
        const { tone, shape } = presences[seat.state];
        const since = seat.since ? desk.format.value.time(at(seat.since), zone) : '';
        return (
          <span
            key={seat.seat}
            class="seat"
            data-tone={tone}
            data-testid="seat-state"
            data-role={seat.role}
            data-seat={seat.seat}
            data-state={seat.state}
          >
            <Sign shape={shape} />
            {seat.role === 'observer' && <span>{seat.name || words.t('role.observer')}</span>}
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

function Notes({ entry }: { entry: Entry }) {
  const desk = useDesk();
  const { words } = desk;
  const trouble = useTrouble();
  const zone = zoneOf(desk);
  return (
    <>
      {entry.trouble && (
        <State tone="late" shape="mark">
          {trouble(entry.trouble)}
        </State>
      )}
      {entry.closesAt !== null ? (
        <span>{words.t('console.farewell', { time: desk.format.value.time(entry.closesAt, zone) })}</span>
      ) : (
        entry.over && <span>{words.t('console.overrun', { minutes: span(words, entry.overMs) })}</span>
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
        return words.t(`console.missing.${trouble.who}`, { minutes: span(words, trouble.ms) });
      case 'away':
        return words.t('console.awayLong', {
          role: role(words, trouble.role),
          minutes: span(words, trouble.ms),
        });
    }
  };
}

type Words = ReturnType<typeof useDesk>['words'];

// The first minute counts as one: "0 minutes" reads like a fault of the board.
function span(words: Words, ms: number): string {
  return words.t('time.short_minutes', { count: Math.max(1, minutes(ms)) });
}

function role(words: Words, of: Role): string {
  return words.t(`role.${of}`);
}
