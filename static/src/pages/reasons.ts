import type { Code } from '../protocol/types';

/** Reason is what a person is told; several codes of the wire mean the same to her. */
export type Reason =
  | 'link_unknown'
  | 'link_revoked'
  | 'link_expired'
  | 'cancelled'
  | 'ended'
  | 'moved'
  | 'replaced'
  | 'removed'
  | 'forbidden'
  | 'room_full'
  | 'seat_in_use'
  | 'not_found'
  | 'too_early'
  | 'unavailable'
  | 'lost'
  | 'held'
  | 'sign_in_wrong'
  | 'sign_in_needed'
  | 'fault';

/** again tells whether opening the page once more can help. */
const table: Record<Code, { reason: Reason; again: boolean }> = {
  link_unknown: { reason: 'link_unknown', again: false },
  link_revoked: { reason: 'link_revoked', again: false },
  link_expired: { reason: 'link_expired', again: false },
  cancelled: { reason: 'cancelled', again: false },
  ended: { reason: 'ended', again: false },
  forbidden: { reason: 'forbidden', again: false },
  removed: { reason: 'removed', again: false },
  not_found: { reason: 'not_found', again: false },
  held: { reason: 'held', again: true },
  sign_in_wrong: { reason: 'sign_in_wrong', again: true },
  sign_in_needed: { reason: 'sign_in_needed', again: true },
  moved: { reason: 'moved', again: true },
  replaced: { reason: 'replaced', again: true },
  room_full: { reason: 'room_full', again: true },
  seat_in_use: { reason: 'seat_in_use', again: true },
  too_early: { reason: 'too_early', again: true },
  unavailable: { reason: 'unavailable', again: true },
  draining: { reason: 'unavailable', again: true },
  rate_limited: { reason: 'unavailable', again: true },
  slow: { reason: 'lost', again: true },
  idle: { reason: 'lost', again: true },
  token_unknown: { reason: 'lost', again: true },
  session_unknown: { reason: 'lost', again: true },
  bad_message: { reason: 'fault', again: true },
  too_large: { reason: 'fault', again: true },
  origin: { reason: 'fault', again: true },
  bad_offer: { reason: 'fault', again: true },
  room_failed: { reason: 'fault', again: true },
  conflict: { reason: 'fault', again: true },
  internal: { reason: 'fault', again: true },
};

/** A newer server may know a code that this page does not; then it is a fault like any other. */
export function reasonOf(code: Code): { reason: Reason; again: boolean } {
  return table[code] ?? table.internal;
}
