import type { Action, Code } from './types';

/**
 * Says at compile time that a switch has no case left, and at run time that the
 * server spoke of something this client has never heard of.
 */
export function unreachable(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}

/** The hundreds of a close code tell what to do; anything else is the network's doing. */
export function actionOfClose(closeCode: number): Action {
  if (closeCode >= 4100 && closeCode < 4200) return 'rejoin';
  if (closeCode >= 4200 && closeCode < 4300) return 'stop';
  return 'resume';
}

/** Codes after which trying again by itself makes sense: the fault is on the way or at the server. */
export function isPassing(code: Code): boolean {
  switch (code) {
    case 'rate_limited':
    case 'slow':
    case 'idle':
    case 'draining':
    case 'unavailable':
    case 'room_failed':
    case 'internal':
    case 'session_unknown':
    case 'token_unknown':
      return true;
    case 'bad_message':
    case 'too_large':
    case 'origin':
    case 'link_unknown':
    case 'link_revoked':
    case 'link_expired':
    case 'forbidden':
    case 'not_found':
    case 'too_early':
    case 'ended':
    case 'cancelled':
    case 'room_full':
    case 'seat_in_use':
    case 'moved':
    case 'removed':
    case 'bad_offer':
    case 'conflict':
    case 'replaced':
    case 'held':
    case 'sign_in_wrong':
    case 'sign_in_needed':
      return false;
    default:
      // A newer server may know codes that this client does not; giving up is
      // worse than one more try.
      return true;
  }
}
