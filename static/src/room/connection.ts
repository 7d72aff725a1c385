import type { SessionState } from '../signal/session';
import type { Connection } from './model';
import type { PathView } from './path';

/**
 * connectionOf makes one truth of the way to the server and the way of media.
 * `before` is what the person was told last, `inPlace` whether the person is
 * where the page says (false while a room is being re-entered).
 */
export function connectionOf(
  before: Connection,
  session: SessionState['at'],
  path: PathView['state'],
  inPlace: boolean,
  now: number,
): Connection {
  const pathWorks = path === 'connected' || path === 'none';
  if (session === 'up' && inPlace && pathWorks) return { state: 'connected' };
  if (session === 'up' && path === 'hopeless') return { state: 'no_media' };
  if (before.state === 'connecting') return before;
  if (before.state === 'reconnecting') return before;
  return { state: 'reconnecting', since: now };
}
