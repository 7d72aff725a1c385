import { type ReadonlySignal, signal } from '@preact/signals';
import { isPassing } from '../protocol/codes';
import { Refused } from '../protocol/failure';
import type { Bootstrap, Code } from '../protocol/types';
import { delayBefore } from '../signal/backoff';
import type { ServerClock } from '../signal/clock';
import type { Door, TokenStore } from '../signal/link';
import type { Gathering } from './model';
import { keepSame, keepSameById } from './share';

export interface OpeningDeps {
  tokens: TokenStore;
  clock: ServerClock;
  monotonic(): number;
  opened(): void;
  refused(code: Code): void;
}

/** The least time between two readings nobody waits for. */
const calm = 5000;

/** Opening goes through the door of a link or a sign-in to what the server says of it, keeps that fresh, and never gives up on a bad network. */
export class Opening {
  private readonly deps: OpeningDeps;
  private readonly told = signal<Bootstrap | null>(null);
  private door: Door | null = null;
  /** the token is no good any more: the door gives a new one */
  private stale = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private reading = false;
  private readAt = Number.NEGATIVE_INFINITY;

  constructor(deps: OpeningDeps) {
    this.deps = deps;
  }

  get bootstrap(): ReadonlySignal<Bootstrap | null> {
    return this.told;
  }

  get known(): Bootstrap {
    const bootstrap = this.told.value;
    if (!bootstrap) throw new Error('the link is not open yet');
    return bootstrap;
  }

  open(door: Door): void {
    this.door = door;
    void this.attempt(0);
  }

  /** The person wants it tried now. */
  retry(): void {
    if (this.door) void this.attempt(0);
  }

  distrustToken(): void {
    this.stale = true;
  }

  /** A token that is good, from the door if need be. */
  async token(): Promise<string> {
    if (this.stale) await this.read();
    return this.known.token;
  }

  /** The timetable may have changed: reads it again, quietly. */
  async refresh(): Promise<void> {
    if (this.reading || this.deps.monotonic() - this.readAt < calm) return;
    this.reading = true;
    await this.read().catch(() => undefined); // what is known stays
    this.reading = false;
  }

  /** The lobby knows one consultation better than the list that was read. */
  learn({ consultation, clock }: Gathering): void {
    const bootstrap = this.told.peek();
    if (!bootstrap) return;
    const consultations = bootstrap.consultations.map((old) =>
      old.id === consultation.id
        ? { ...old, ...consultation, phase: clock.phase, ends_at: clock.ends_at }
        : old,
    );
    this.take({ ...bootstrap, consultations });
  }

  stop(): void {
    clearTimeout(this.timer);
    this.door = null;
  }

  private async attempt(number: number): Promise<void> {
    clearTimeout(this.timer);
    try {
      await this.read();
    } catch (error) {
      if (error instanceof Refused && !isPassing(error.code)) {
        this.deps.refused(error.code);
        return;
      }
      const atLeast = error instanceof Refused ? error.retryAfter : 0;
      const delay = delayBefore(number + 1, Math.random(), atLeast);
      this.timer = setTimeout(() => void this.attempt(number + 1), delay);
      return;
    }
    this.deps.opened();
  }

  private async read(): Promise<void> {
    if (!this.door) return;
    const { tokens, clock, monotonic } = this.deps;
    const sentAt = monotonic();
    const bootstrap = await this.door.open(tokens);
    clock.sample(sentAt, Date.parse(bootstrap.server_time));
    this.readAt = monotonic();
    this.stale = false;
    this.take(bootstrap);
  }

  private take(fresh: Bootstrap): void {
    const old = this.told.peek();
    const consultations = keepSameById(old?.consultations ?? [], fresh.consultations);
    this.told.value = keepSame(old, { ...fresh, consultations });
  }
}
