import { type ReadonlySignal, signal } from '@preact/signals';
import type { Consultation } from '../protocol/types';
import type { Ring } from './model';

export interface RingDeps {
  now(): number;
  /** plays until its end or the abort */
  chime(signal: AbortSignal): Promise<void>;
}

const ahead = 120_000;
/** How long the screen shows it, where nobody stops it. */
const shownFor = 30_000;

/** Bell rings a booth two minutes before a start, once a consultation. */
export class Bell {
  private readonly deps: RingDeps;
  private readonly state = signal<Ring>({ state: 'quiet' });
  private readonly rung = new Set<string>();
  private running: AbortController | null = null;
  private until = 0;

  constructor(deps: RingDeps) {
    this.deps = deps;
  }

  get ring(): ReadonlySignal<Ring> {
    return this.state;
  }

  /** Looks at the clock. `next` is what this booth turns to, null while others still talk in it. */
  look(next: Consultation | null): void {
    const now = this.deps.now();
    const ringing = this.state.peek();
    if (ringing.state === 'ringing' && (ringing.consultation.id !== next?.id || now >= this.until))
      this.stop();
    if (!next || this.rung.has(next.id)) return;
    const start = Date.parse(next.starts_at);
    if (now < start - ahead || now >= start) return;
    this.rung.add(next.id);
    this.until = Math.min(start, now + shownFor);
    this.state.value = { state: 'ringing', consultation: next };
    this.running = new AbortController();
    void this.deps.chime(this.running.signal).catch(() => undefined);
  }

  stop(): void {
    this.running?.abort();
    this.running = null;
    this.state.value = { state: 'quiet' };
  }
}
