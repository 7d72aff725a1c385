import type { Phase } from '../protocol/types';
import type { Shape, Tone } from '../ui/state';

/** Colour and shape of each phase; the word is in i18n. */
const signs: Record<Phase, { tone: Tone; shape: Shape }> = {
  scheduled: { tone: 'idle', shape: 'ring' },
  open: { tone: 'idle', shape: 'half' },
  waiting: { tone: 'wait', shape: 'half' },
  live: { tone: 'live', shape: 'full' },
  closing: { tone: 'wait', shape: 'full' },
  ended: { tone: 'idle', shape: 'bar' },
  cancelled: { tone: 'idle', shape: 'cross' },
};

export function signOf(phase: Phase): { tone: Tone; shape: Shape } {
  return signs[phase];
}
