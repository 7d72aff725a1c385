/** The board as a coordinator reads it: days, counts, what is wrong. Pure. */
import { dayKey } from '../../i18n/format';
import type { Role, Row, SeatState, Verdict } from '../../protocol/types';
import { at } from '../meeting';

export type Side = 'firm' | 'buyer';

export type Trouble =
  | { what: 'missing'; who: Side | 'both'; ms: number }
  | { what: 'away'; role: Role; ms: number };

/** Verdicts that the clock proposes. */
export type NoShow = 'no_show_firm' | 'no_show_buyer' | 'no_show_both';

export interface Entry {
  row: Row;
  trouble: Trouble | null;
  /** the server proposes this verdict, and nobody has confirmed it */
  proposed: NoShow | null;
  /** what a coordinator has said */
  verdict: Exclude<Verdict, 'pending'> | null;
  over: boolean;
  overMs: number;
  closesAt: number | null;
  firm: SeatState[];
  buyer: SeatState[];
  /** interpreter and whoever else may be there */
  others: SeatState[];
}

/** A short silence is a change of network; a longer one wants somebody to look. */
const silence = 15_000;

export function entryOf(row: Row, now: number): Entry {
  const { clock, seats } = row;
  const done = clock.phase === 'ended' || clock.phase === 'cancelled';
  const overMs = now - at(clock.ends_at);
  return {
    row,
    trouble: done ? null : (missing(row, now) ?? away(seats, now)),
    proposed: decided(row) ? null : proposedOf(row),
    verdict: decided(row),
    over: !done && (clock.overrun || overMs > 0),
    overMs,
    closesAt: clock.closes_at && !done ? at(clock.closes_at) : null,
    firm: seats.filter((seat) => seat.role === 'firm'),
    buyer: seats.filter((seat) => seat.role === 'buyer'),
    others: seats.filter((seat) => seat.role !== 'firm' && seat.role !== 'buyer'),
  };
}

function decided({ verdict }: Row): Exclude<Verdict, 'pending'> | null {
  return verdict && verdict !== 'pending' ? verdict : null;
}

export function proposedOf({ alerts, clock }: Row): NoShow | null {
  if (clock.phase === 'cancelled') return null;
  const alert = alerts.find(({ kind }) => kind === 'no_show');
  if (!alert) return null;
  const [firm, buyer] = [alert.roles.includes('firm'), alert.roles.includes('buyer')];
  if (firm && buyer) return 'no_show_both';
  if (firm) return 'no_show_firm';
  return buyer ? 'no_show_buyer' : null;
}

// A side is missing after the start while none of its seats is in the room. Who was there and left is
// missing from then on.
function missing({ clock, seats }: Row, now: number): Trouble | null {
  const start = at(clock.starts_at);
  if (now < start) {
    return null;
  }
  const gone = (side: Side): number | null => {
    const own = seats.filter((seat) => seat.role === side);
    if (own.some((seat) => seat.state === 'here' || seat.state === 'away')) {
      return null;
    }
    const left = own
      .filter((seat) => seat.state === 'left' && seat.since)
      .map((seat) => at(seat.since ?? ''));
    return now - Math.max(start, ...left);
  };
  const firm = gone('firm');
  const buyer = gone('buyer');
  if (firm !== null && buyer !== null) {
    return { what: 'missing', who: 'both', ms: Math.min(firm, buyer) };
  }
  if (firm !== null) {
    return { what: 'missing', who: 'firm', ms: firm };
  }
  return buyer === null ? null : { what: 'missing', who: 'buyer', ms: buyer };
}

function away(seats: readonly SeatState[], now: number): Trouble | null {
  for (const seat of seats) {
    const ms = seat.since ? now - at(seat.since) : 0;
    if (seat.state === 'away' && ms >= silence) {
      return { what: 'away', role: seat.role, ms };
    }
  }
  return null;
}

/** days are the event's days, ascending; a day with nothing on it is not one. */
export function daysOf(rows: readonly Row[], zone: string): { key: string; at: number }[] {
  const days = new Map<string, number>();
  for (const { consultation } of rows) {
    const start = at(consultation.starts_at);
    const key = dayKey(start, zone);
    days.set(key, Math.min(start, days.get(key) ?? start));
  }
  return [...days].map(([key, start]) => ({ key, at: start })).sort((a, b) => a.at - b.at);
}

/** dayFor is today where the event has it, else its next day, else its last. */
export function dayFor(days: readonly { key: string }[], today: string): string | null {
  return days.find((day) => day.key >= today)?.key ?? days.at(-1)?.key ?? null;
}

/** entriesOf are the consultations of a day by time, booth and id: a row never changes its place. */
export function entriesOf(rows: readonly Row[], day: string | null, zone: string, now: number): Entry[] {
  return rows
    .filter((row) => dayKey(at(row.consultation.starts_at), zone) === day)
    .sort(
      (a, b) =>
        at(a.consultation.starts_at) - at(b.consultation.starts_at) ||
        a.consultation.booth.localeCompare(b.consultation.booth, undefined, { numeric: true }) ||
        a.consultation.id.localeCompare(b.consultation.id),
    )
    .map((row) => entryOf(row, now));
}

export function countsOf(entries: readonly Entry[]): { live: number; waiting: number; late: number } {
  const inPhase = (...phases: string[]): number =>
    entries.filter((entry) => phases.includes(entry.row.clock.phase)).length;
  return {
    live: inPhase('live', 'closing'),
    waiting: inPhase('waiting'),
    late: entries.filter((entry) => entry.trouble?.what === 'missing').length,
  };
}
