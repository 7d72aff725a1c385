import type { Consultation } from '../protocol/types';

const maxOverrun = 60 * 60 * 1000;

/**
 * nextOf chooses the consultation a person is to join: the one now, or else the
 * next. One that overruns counts until the doors of a later one are open.
 * `finished` holds those that have ended since the list was read.
 */
export function nextOf(
  consultations: readonly Consultation[],
  now: number,
  finished: ReadonlySet<string>,
): Consultation | null {
  const left = consultations.filter((c) => !isOver(c, finished));
  const inTime = left.find((c) => Date.parse(c.ends_at) > now) ?? null;
  if (inTime && Date.parse(inTime.opens_at) <= now) return inTime;
  const overrunning = left.findLast((c) => {
    const ends = Date.parse(c.ends_at);
    return ends <= now && now < ends + maxOverrun && isLive(c);
  });
  return overrunning ?? inTime;
}

function isOver(c: Consultation, finished: ReadonlySet<string>): boolean {
  return finished.has(c.id) || c.phase === 'ended' || c.phase === 'cancelled';
}

function isLive(c: Consultation): boolean {
  return c.phase === 'live' || c.phase === 'closing' || c.phase === 'waiting';
}
