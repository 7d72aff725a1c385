import type { Action, Code, OrderFailure, WireError } from './types';

/** The server said no. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: Code;
  readonly action: Action;
  /** milliseconds to wait before another try */
  readonly retryAfter: number;
  /** with too_early: when the doors open, in milliseconds since the epoch */
  readonly opensAt: number | null;

  constructor(error: WireError) {
    super(error.detail ? `${error.code}: ${error.detail}` : error.code);
    this.code = error.code;
    this.action = error.action ?? '';
    this.retryAfter = error.retry_after_ms ?? 0;
    this.opensAt = error.opens_at ? Date.parse(error.opens_at) : null;
  }
}

/** Nobody answered: the network, or a server that is away. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** A browser that was asked to do something answered that it did not; `silent`: it answered nothing. */
export class NotDone extends Error {
  override readonly name = 'NotDone';
  readonly why: OrderFailure | 'silent';

  constructor(why: OrderFailure | 'silent') {
    super(why);
    this.why = why;
  }
}
