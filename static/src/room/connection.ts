import type { SessionState } from '../signal/session';
import type { Connection } from './model';
import type { PathView } from './path';

/** A break this short mends itself; telling of it would only worry. From here on the person is told, and sends nothing. */
export const patience = 3000;

/** Where the person is: seated in a room, waiting to be let back into one, or elsewhere. */
export type Whereabouts = 'seated' | 'returning' | 'elsewhere';

/**
 * connectionOf makes one truth of the way to the server and the way of media.
 * `before` is what the person was told last.
 */
export function connectionOf(
  before: Connection,
  session: SessionState['at'],
  path: PathView['state'],
  where: Whereabouts,
  now: number,
): Connection {
  const pathWorks = path === 'connected' || path === 'none';
  if (session === 'up' && where !== 'returning' && pathWorks) return { state: 'connected' };
  if (session === 'up' && path === 'hopeless') return { state: 'no_media' };
  if (before.state === 'connecting') return before;
  // They hear and see each other: nobody is away.
  if (where === 'seated' && path === 'connected')
    return before.state === 'late' ? before : { state: 'late', since: now };
  if (before.state === 'reconnecting') return before;
  return { state: 'reconnecting', since: now };
}
