/** Which rooms stand on the wall, and in which order. Pure. */
import { dayKey } from '../../../i18n/format';
import type { Note, Row, Vitals } from '../../../protocol/types';
import { at } from '../../meeting';
import { type Matter, mattersOf, type Rank, rankOf } from './matters';

/** Rooms come to the wall this long before they start. */
const ahead = 15 * 60_000;

export interface WallRoom {
  row: Row;
  matters: Matter[];
  worst: Matter | null;
  rank: Rank;
  /** what else is the matter; hints that want nobody to act are not counted */
  others: number;
}

export function onWall(row: Row, now: number): boolean {
  switch (row.clock.phase) {
    case 'open':
    case 'waiting':
    case 'live':
    case 'closing':
      return true;
    case 'scheduled':
      return at(row.clock.starts_at) - now <= ahead;
    case 'ended':
      // Its no-show stays until somebody decides.
      return row.alerts.length > 0 && (!row.verdict || row.verdict === 'pending');
    case 'cancelled':
      return false;
  }
}

export function roomOf(row: Row, vitals: readonly Vitals[], notes: readonly Note[], now: number): WallRoom {
  const matters = mattersOf(row, vitals, notes, now);
  const worst = matters[0] ?? null;
  const others = matters.slice(1).filter((matter) => rankOf(matter, vitals) >= onTop).length;
  return { row, matters, worst, rank: worst ? rankOf(worst, vitals) : 0, others };
}

/** worstOf is how bad the worst of them is. */
export function worstOf(rooms: readonly WallRoom[]): Rank {
  return (
    rooms
      .map(({ rank }) => rank)
      .sort()
      .at(-1) ?? 0
  );
}

/** Where a room stands for the order: it goes up at once, and comes down only when it has stayed well. */
export interface Standing {
  rank: Rank;
  since: number;
  /** better since then, and not yet believed */
  betterSince: number | null;
}

export type Standings = ReadonlyMap<string, Standing>;

/** A symptom that comes and goes must not make its tile jump each time. */
const patience = 8_000;

export function standingsOf(before: Standings, rooms: readonly WallRoom[], now: number): Standings {
  return new Map(
    rooms.map((room): [string, Standing] => {
      const id = room.row.consultation.id;
      const was = before.get(id);
      const since = room.worst?.since ?? now;
      if (!was || room.rank > was.rank) return [id, { rank: room.rank, since, betterSince: null }];
      if (room.rank === was.rank) {
        // What has a time of its own is sorted by it; a symptom keeps the moment when it was first seen.
        return [id, { ...was, since: room.worst?.since ?? was.since, betterSince: null }];
      }
      // What the clock or a coordinator has ended is over for good.
      const betterSince = was.betterSince ?? now;
      return now - betterSince >= patience
        ? [id, { rank: room.rank, since, betterSince: null }]
        : [id, { ...was, betterSince }];
    }),
  );
}

/** From this rank on a room goes to the top. */
export const onTop: Rank = 2;

/** places are the ids: trouble first, the worst and longest before; all others by booth and time, where they always are. */
export function places(rooms: readonly WallRoom[], standings: Standings): string[] {
  const of = (room: WallRoom): Standing =>
    standings.get(room.row.consultation.id) ?? { rank: room.rank, since: 0, betterSince: null };
  return [...rooms]
    .sort((a, b) => {
      const [one, other] = [of(a), of(b)];
      const [up, upOther] = [one.rank >= onTop, other.rank >= onTop];
      if (up !== upOther) return up ? -1 : 1;
      return (up ? other.rank - one.rank || one.since - other.since : 0) || byBooth(a.row, b.row);
    })
    .map(({ row }) => row.consultation.id);
}

/** byBooth is the place of a room that nothing is the matter with: its booth's, and there by time. */
export function byBooth(a: Row, b: Row): number {
  return (
    a.consultation.booth.localeCompare(b.consultation.booth, undefined, { numeric: true }) ||
    at(a.clock.starts_at) - at(b.clock.starts_at) ||
    a.consultation.id.localeCompare(b.consultation.id)
  );
}

/** keeping leaves one tile where it was: somebody is about to press it. */
export function keeping(wanted: readonly string[], before: readonly string[], held: string | null): string[] {
  const place = held === null ? -1 : before.indexOf(held);
  if (held === null || place < 0 || !wanted.includes(held)) return [...wanted];
  return wanted.filter((id) => id !== held).toSpliced(place, 0, held);
}

/** nextIn is who comes into the same booth afterwards, that day. */
export function nextIn(row: Row, rows: readonly Row[], zone: string): Row | null {
  const starts = at(row.clock.starts_at);
  const day = dayKey(starts, zone);
  let next: Row | null = null;
  for (const other of rows) {
    const begins = at(other.clock.starts_at);
    if (
      other.consultation.booth !== row.consultation.booth ||
      other.consultation.id === row.consultation.id ||
      other.clock.phase === 'cancelled' ||
      other.clock.phase === 'ended' ||
      begins < starts ||
      dayKey(begins, zone) !== day
    ) {
      continue;
    }
    if (!next || begins < at(next.clock.starts_at)) next = other;
  }
  return next;
}

/** ahead of the wall: the next consultation that will come onto it, for an empty one. */
export function upcoming(rows: readonly Row[], now: number): Row | null {
  const coming = rows.filter((row) => row.clock.phase === 'scheduled' && at(row.clock.starts_at) > now);
  return coming.reduce<Row | null>(
    (first, row) => (!first || at(row.clock.starts_at) < at(first.clock.starts_at) ? row : first),
    null,
  );
}
