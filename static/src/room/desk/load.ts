import { type ReadonlySignal, signal } from '@preact/signals';
import { Refused } from '../../protocol/failure';
import type { Code } from '../../protocol/types';

/** Why a call came to nothing, as a page tells it. */
export type Failure = Code | 'unreachable';

export function failureOf(cause: unknown): Failure {
  return cause instanceof Refused ? cause.code : 'unreachable';
}

/** What is read from the server. A later failure keeps what is there and says that it is old. */
export type Load<T> =
  | { at: 'loading' }
  | { at: 'failed'; why: Failure }
  | { at: 'ready'; value: T; stale: Failure | null };

/** Loaded reads one thing again and again; the last call counts, whichever answer comes first. */
export class Loaded<T> {
  private readonly read: () => Promise<T>;
  private readonly state = signal<Load<T>>({ at: 'loading' });
  private turn = 0;

  constructor(read: () => Promise<T>) {
    this.read = read;
  }

  get now(): ReadonlySignal<Load<T>> {
    return this.state;
  }

  get value(): T | null {
    const now = this.state.value;
    return now.at === 'ready' ? now.value : null;
  }

  set(value: T): void {
    this.turn++;
    this.state.value = { at: 'ready', value, stale: null };
  }

  async load(): Promise<void> {
    const mine = ++this.turn;
    if (this.state.value.at === 'failed') this.state.value = { at: 'loading' };
    try {
      const value = await this.read();
      if (mine === this.turn) this.state.value = { at: 'ready', value, stale: null };
    } catch (cause) {
      if (mine !== this.turn) return;
      const before = this.state.value;
      const why = failureOf(cause);
      this.state.value = before.at === 'ready' ? { ...before, stale: why } : { at: 'failed', why };
    }
  }
}
