/** The one thing to do next for a room, as a button. Pure. */
import type { Row } from '../../../protocol/types';
import type { WallRoom } from './rooms';

export type Next =
  | { do: 'look' }
  /** a call waits: the thread opens */
  | { do: 'answer'; to: string }
  /** who is missing: the script opens */
  | { do: 'find' }
  | { do: 'decide' }
  | { do: 'admit'; seat: string }
  | { do: 'help' }
  | { do: 'extend' }
  | { do: 'listen' };

export function nextOf({ row, worst, rank }: WallRoom, acts: boolean): Next {
  if (!acts) return { do: 'look' };
  switch (worst?.what) {
    case 'call':
      return { do: 'answer', to: worst.to };
    case 'no_show':
      return { do: 'decide' };
    case 'late':
    case 'coming':
    case 'left':
      return { do: 'find' };
    case 'held':
      return { do: 'admit', seat: worst.seat };
    case 'away':
      return { do: 'help' };
    case 'symptom':
      if (rank >= 2) return { do: 'help' };
      break;
  }
  return calm(row);
}

function calm({ clock }: Row): Next {
  switch (clock.phase) {
    case 'closing':
      return { do: 'extend' };
    case 'live':
      return { do: 'listen' };
    default:
      return { do: 'look' };
  }
}
