import type { Consultation } from '../../protocol/types';
import { at, type Line } from '../meeting';

/** What a booth's screen shows between talks. */
export type Screen =
  /** the next buyer, large */
  | { at: 'next'; next: Consultation }
  /** today, but not soon: a clock, and what comes */
  | { at: 'idle'; next: Consultation }
  /** nothing more today; `next` is of another day */
  | { at: 'done'; next: Consultation | null }
  /** nothing was planned for today */
  | { at: 'empty'; next: Consultation | null };

/** Before the doors open, people come, sit down and look at the screen for this long. */
const soon = 15 * 60_000;

export function screenOf(next: Consultation | null, today: readonly Line[], now: number): Screen {
  if (next && today.some(({ consultation }) => consultation.id === next.id)) {
    return { at: at(next.opens_at) - now > soon ? 'idle' : 'next', next };
  }
  return { at: today.some(({ turn }) => turn !== 'cancelled') ? 'done' : 'empty', next };
}
