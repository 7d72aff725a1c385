/** A row of the board for the tests of the wall: begun five minutes ago in booth 1, both sides there. */
import type { Row, SeatPresence, SeatState, Vitals } from '../../../protocol/types';

export const start = Date.parse('2021-12-06T01:00:00Z');
/** minutes from the start of the consultation */
export const minute = (minutes: number): number => start + minutes * 60_000;
export const iso = (minutes: number): string => new Date(minute(minutes)).toISOString();

export type Seen = readonly [state: SeatPresence, since?: number];

export interface RowOf {
  id?: string;
  booth?: string;
  /** minutes from `start` */
  from?: number;
  phase?: Row['clock']['phase'];
  firm?: Seen;
  buyer?: Seen;
  interpreter?: Seen | null;
  change?: Partial<Row>;
  clock?: Partial<Row['clock']>;
}

export function rowOf(of: RowOf = {}): Row {
  const { id = 'S01', booth = 'Booth 1', from = 0, phase = 'live' } = of;
  const seat = (role: SeatState['role'], [state, since]: Seen): SeatState => ({
    seat: `${id}/${role}`,
    role,
    name: role,
    state,
    sources: state === 'here' ? ['microphone', 'camera'] : [],
    ...(since === undefined ? {} : { since: iso(since) }),
  });
  const seats = [seat('firm', of.firm ?? ['here', -3]), seat('buyer', of.buyer ?? ['here', -2])];
  if (of.interpreter) seats.push(seat('interpreter', of.interpreter));
  const times = { opens_at: iso(from - 15), starts_at: iso(from), ends_at: iso(from + 40) };
  return {
    consultation: {
      id,
      booth,
      phase,
      ...times,
      firm: { name: 'Firm 01', products: 'knits' },
      buyer: { name: 'Buyer FR-1', country: 'FR', zone: 'Europe/Paris', language: 'fr' },
      interpreter: of.interpreter
        ? { name: 'Interpreter FR', languages: ['fr', 'ko'] }
        : { name: '', languages: [] },
    },
    clock: { phase, ...times, overrun: false, server_time: iso(5), ...of.clock },
    seats,
    alerts: [],
    vitals: [],
    contacts: [],
    held: [],
    helpers: [],
    auxiliaries: [],
    ...of.change,
  };
}

export function vitalsOf(seat: string, change: Partial<Vitals> = {}): Vitals {
  return {
    seat,
    route: 'udp',
    rtt_ms: 310,
    loss_up: 0,
    loss_down: 0,
    frozen: 0,
    concealed: 0,
    level: 30,
    speaking: false,
    quality: 'good',
    symptoms: [],
    ...change,
  };
}
