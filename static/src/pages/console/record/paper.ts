/** What was written on paper, typed in: from and to on the center's clock, and which paper. Pure. */
import type { AttendanceRecord, PaperRequest } from '../../../protocol/types';
import { at } from '../../meeting';
import { onClock } from '../timetable/draft';

export interface PaperDraft {
  seat: string;
  /** on the center's clock: 09:05 */
  from: string;
  to: string;
  provenance: string;
}

/** beginPaper supposes that the paper says what was planned. */
export function beginPaper(record: AttendanceRecord, zone: string): PaperDraft {
  const clock = (instant: string) => onClock(at(instant), zone).slice(11);
  return {
    seat: record.seats.find(({ intervals }) => intervals.length === 0)?.seat ?? record.seats[0]?.seat ?? '',
    from: clock(record.starts_at),
    to: clock(record.extended_to ?? record.ends_at),
    provenance: '',
  };
}

/** The shortest words that say which paper; the server's own measure. */
const shortest = 3;

/** paperOf is null while something is missing or the end is not after the beginning. */
export function paperOf(draft: PaperDraft, record: AttendanceRecord, zone: string): PaperRequest | null {
  const provenance = draft.provenance.trim();
  if (draft.seat === '' || draft.from === '' || draft.to === '' || provenance.length < shortest) return null;
  const day = onClock(at(record.starts_at), zone).slice(0, 10);
  const from = instantOf(`${day}T${draft.from}`, zone);
  const to = instantOf(`${day}T${draft.to}`, zone);
  if (from >= to) return null;
  return {
    seat: draft.seat,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    provenance,
  };
}

/** instantOf is the moment at which a clock in a zone shows a local time such as 2021-12-06T09:00. */
export function instantOf(local: string, zone: string): number {
  const shown = Date.parse(`${local}:00Z`);
  // Off by the zone's distance at that moment; a second look settles the hours beside a change of the clock.
  let guess = shown;
  for (let look = 0; look < 2; look++) guess += shown - Date.parse(`${onClock(guess, zone)}:00Z`);
  return guess;
}
