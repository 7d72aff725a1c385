import type { Verdict } from '../../../protocol/types';
import type { Shape, Tone } from '../../../ui/state';

/** How a result is drawn, wherever it stands. */
export const signs: Readonly<Record<Verdict, { tone: Tone; shape: Shape }>> = {
  pending: { tone: 'idle', shape: 'ring' },
  cancelled: { tone: 'idle', shape: 'cross' },
  held: { tone: 'live', shape: 'full' },
  held_by_phone: { tone: 'live', shape: 'half' },
  short: { tone: 'wait', shape: 'half' },
  no_show_buyer: { tone: 'late', shape: 'mark' },
  no_show_firm: { tone: 'late', shape: 'mark' },
  no_show_both: { tone: 'late', shape: 'mark' },
  technical: { tone: 'late', shape: 'cross' },
};
