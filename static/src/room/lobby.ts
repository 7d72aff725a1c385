import type { Code, Consultation } from '../protocol/types';
import type { Waiting } from './model';

/** What the server said last about the wish to join. */
export type Answer =
  | { said: 'nothing' }
  | { said: 'early'; opensAt: number }
  | { said: 'in_use' }
  | { said: 'held' }
  | { said: 'no'; code: Code };

/**
 * waitingOf tells what the lobby waits for. `wanted` means that the person
 * pressed Join, or that a booth goes in by itself.
 */
export function waitingOf(next: Consultation | null, wanted: boolean, answer: Answer, now: number): Waiting {
  if (!next) return { for: 'person' };
  switch (answer.said) {
    case 'in_use':
      return { for: 'move' };
    case 'held':
      return { for: 'admission', joins: wanted };
    case 'no':
      return { for: 'retry', code: answer.code };
    case 'early':
      if (answer.opensAt > now) return { for: 'doors', opensAt: answer.opensAt, joins: wanted };
      break;
    case 'nothing': {
      const opensAt = Date.parse(next.opens_at);
      if (opensAt > now) return { for: 'doors', opensAt, joins: wanted };
      break;
    }
  }
  return wanted ? { for: 'reply' } : { for: 'person' };
}

export function sameWaiting(a: Waiting, b: Waiting): boolean {
  if (a.for === 'doors' && b.for === 'doors') return a.opensAt === b.opensAt && a.joins === b.joins;
  if (a.for === 'admission' && b.for === 'admission') return a.joins === b.joins;
  if (a.for === 'retry' && b.for === 'retry') return a.code === b.code;
  return a.for === b.for;
}
