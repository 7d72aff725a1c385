import type { Consultation } from '../protocol/types';
import type { DayLine } from './model';

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

/**
 * chosenOf is the consultation that a person chose, as long as it can still be
 * entered; without one the clock chooses.
 */
export function chosenOf(
  consultations: readonly Consultation[],
  chosen: string | null,
  now: number,
  finished: ReadonlySet<string>,
): Consultation | null {
  const one = consultations.find((c) => c.id === chosen);
  return one && isLeft(one, now, finished) ? one : null;
}

/** dayOf is the day page: every consultation of a link, and where it stands. */
export function dayOf(
  consultations: readonly Consultation[],
  now: number,
  finished: ReadonlySet<string>,
  next: Consultation | null,
): DayLine[] {
  const state = (c: Consultation): DayLine['state'] => {
    if (c.phase === 'cancelled') return 'cancelled';
    if (!isLeft(c, now, finished)) return 'over';
    return Date.parse(c.opens_at) <= now ? 'open' : 'ahead';
  };
  return consultations.map((c) => ({ consultation: c, state: state(c), chosen: c.id === next?.id }));
}

export function sameDay(a: readonly DayLine[], b: readonly DayLine[]): boolean {
  return (
    a.length === b.length &&
    a.every((line, i) => {
      const other = b[i];
      return (
        line.consultation === other?.consultation &&
        line.state === other.state &&
        line.chosen === other.chosen
      );
    })
  );
}

/** It can still be entered: it is to come, or it talks on beyond its end. */
function isLeft(c: Consultation, now: number, finished: ReadonlySet<string>): boolean {
  if (isOver(c, finished)) return false;
  const ends = Date.parse(c.ends_at);
  return now < ends || (now < ends + maxOverrun && isLive(c));
}

function isOver(c: Consultation, finished: ReadonlySet<string>): boolean {
  return finished.has(c.id) || c.phase === 'ended' || c.phase === 'cancelled';
}

function isLive(c: Consultation): boolean {
  return c.phase === 'live' || c.phase === 'closing' || c.phase === 'waiting';
}
