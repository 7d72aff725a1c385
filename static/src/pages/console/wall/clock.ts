/** The line with the clock: minutes left, or how late. Pure; the server's seconds. */
import type { Row, SeatRole } from '../../../protocol/types';
import { at } from '../../meeting';

export type Remaining =
  | { to: 'start'; ms: number }
  /** both sides came before the time, and talk */
  | { to: 'early'; ms: number }
  /** begun, and a side is not there */
  | { to: 'late'; ms: number }
  | { to: 'end'; ms: number }
  | { to: 'over'; ms: number }
  /** the room closes: somebody is needed elsewhere */
  | { to: 'close'; ms: number }
  | { to: 'ended'; at: number };

export function remainingOf({ clock }: Row, now: number): Remaining {
  const [starts, ends] = [at(clock.starts_at), at(clock.ends_at)];
  if (clock.phase === 'ended' || clock.phase === 'cancelled') return { to: 'ended', at: ends };
  if (clock.closes_at) return { to: 'close', ms: at(clock.closes_at) - now };
  if (clock.overrun || now >= ends) return { to: 'over', ms: Math.max(0, now - ends) };
  const together = clock.phase === 'live' || clock.phase === 'closing';
  if (now < starts) return { to: together ? 'early' : 'start', ms: starts - now };
  return together ? { to: 'end', ms: ends - now } : { to: 'late', ms: now - starts };
}

/** Somebody who is expected and not in the room. */
export interface Missing {
  role: SeatRole;
  name: string;
  /** lobby: before the door; left: was there; absent: not seen; away: reconnecting */
  state: 'lobby' | 'left' | 'absent' | 'away';
  /** since the start, or since they left; null before the start */
  since: number | null;
  /** now, or the end of a consultation that is over: nobody is awaited after it */
  until: number;
}

/** countedTo is how far minutes of waiting count: to now, and never past the end of what has ended. */
export function countedTo({ clock }: Pick<Row, 'clock'>, now: number): number {
  return clock.phase === 'ended' ? Math.min(now, at(clock.ends_at)) : now;
}

const ranking = ['here', 'away', 'lobby', 'left', 'absent'] as const;

/** missingOf are the sides and the interpreter who are not in the room, in the order of the row. */
export function missingOf(row: Row, now: number): Missing[] {
  const { consultation, clock, seats } = row;
  const starts = at(clock.starts_at);
  const found: Missing[] = [];
  for (const role of ['firm', 'buyer', 'interpreter'] as const) {
    const { name } = consultation[role];
    if (role === 'interpreter' && name === '') continue;
    const own = seats
      .filter((seat) => seat.role === role)
      .sort((a, b) => ranking.indexOf(a.state) - ranking.indexOf(b.state));
    const best = own[0];
    if (best?.state === 'here') continue;
    const state = best?.state ?? 'absent';
    const left = state === 'left' || state === 'away';
    const from = left && best?.since ? Math.max(starts, at(best.since)) : starts;
    found.push({ role, name, state, since: now >= starts ? from : null, until: countedTo(row, now) });
  }
  return found;
}

/** firstSeat is the person of a role whom the wall shows: who is there before who is not. */
export function firstSeat(row: Row, role: SeatRole): Row['seats'][number] | null {
  const own = row.seats.filter((seat) => seat.role === role);
  return own.reduce<Row['seats'][number] | null>(
    (best, seat) => (!best || ranking.indexOf(seat.state) < ranking.indexOf(best.state) ? seat : best),
    null,
  );
}
