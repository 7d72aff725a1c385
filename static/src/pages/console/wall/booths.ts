/** Booths that a consultation could move to. Pure. */
import type { Row, Timetable } from '../../../protocol/types';
import { at } from '../../meeting';

export interface FreeBooth {
  id: string;
  name: string;
}

/** freeBooths are those with nobody in them from now, or the start, until the end; the consultation's own is left out. */
export function freeBooths(table: Timetable, row: Row, rows: readonly Row[], now: number): FreeBooth[] {
  const own = row.consultation;
  const [from, to] = [Math.max(now, at(row.clock.starts_at)), at(row.clock.ends_at)];
  const taken = new Set(
    rows
      .filter(
        ({ consultation, clock }) =>
          consultation.id !== own.id && busy(clock.phase, at(clock.starts_at), at(clock.ends_at), from, to),
      )
      .map(({ consultation }) => consultation.booth),
  );
  return table.booths
    .filter(({ name }) => name !== own.booth && !taken.has(name))
    .map(({ id, name }) => ({ id, name }))
    .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
}

function busy(phase: Row['clock']['phase'], starts: number, ends: number, from: number, to: number): boolean {
  if (phase === 'ended' || phase === 'cancelled') return false;
  // Who talks on beyond the end still sits there.
  const until = phase === 'live' || phase === 'closing' ? Math.max(ends, from + 1) : ends;
  return starts < to && until > from;
}

/** boothNamed finds a booth's name by its id, for what the server tells by ids. */
export function boothNamed(booths: readonly { id: string; name: string }[], id: string): string {
  return booths.find((booth) => booth.id === id)?.name ?? id;
}
