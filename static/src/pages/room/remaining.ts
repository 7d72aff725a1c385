import type { Clock } from '../../protocol/types';
import { at } from '../meeting';

/** What the clock on top of the room counts. */
export type Remaining =
  | { counts: 'start'; ms: number }
  | { counts: 'left'; ms: number; share: number }
  | { counts: 'over'; ms: number }
  | { counts: 'farewell'; ms: number }
  | { counts: 'ended' };

/** remaining reads the clock at a moment; share is the part of the window that is gone, 0…1. */
export function remaining(clock: Clock, now: number): Remaining {
  if (clock.phase === 'ended' || clock.phase === 'cancelled') {
    return { counts: 'ended' };
  }
  const start = at(clock.starts_at);
  const end = at(clock.ends_at);
  if (now < start) {
    return { counts: 'start', ms: start - now };
  }
  if (clock.closes_at && now >= end) {
    return { counts: 'farewell', ms: at(clock.closes_at) - now };
  }
  if (now >= end) {
    return { counts: 'over', ms: now - end };
  }
  return { counts: 'left', ms: end - now, share: (now - start) / (end - start) };
}

export type Hint = 'five' | 'two' | 'one' | 'overrun' | 'farewell';

/** A word about the time lies over the pictures, so it goes after this long; the clock on top keeps its colour. */
const told = 30_000;

/** hintOf is what the two sides are told about the time just now. */
export function hintOf(rest: Remaining, warning: number | null): Hint | null {
  switch (rest.counts) {
    case 'farewell':
      return 'farewell';
    case 'over':
      return rest.ms < told ? 'overrun' : null;
    case 'left':
      if (warning === null || rest.ms < warning * 60_000 - told) {
        return null;
      }
      return warning <= 1 ? 'one' : warning <= 2 ? 'two' : 'five';
    case 'start':
    case 'ended':
      return null;
  }
}

/** gained is the whole minutes that a clock's end has moved away, nothing for one that came nearer. */
export function gained(before: Clock, after: Clock): number {
  return Math.max(0, Math.round((at(after.ends_at) - at(before.ends_at)) / 60_000));
}

/** stillTold tells whether a word of that moment still lies over the pictures. */
export function stillTold(since: number, now: number): boolean {
  return now - since < told;
}
