import { type ReadonlySignal, signal } from '@preact/signals';
import { isPassing } from '../protocol/codes';
import { Refused } from '../protocol/failure';
import type { Note, Waiting } from '../protocol/types';
import type { Gathering } from './model';

export interface VigilDeps {
  wait(consultation: string): Promise<Waiting>;
  /** out of the server's lobby */
  tellLeave(): void;
  /** the session is up */
  reachable(): boolean;
  /** notes of the seat, as the server has kept them; `fresh`: of another consultation than before */
  notes(notes: readonly Note[], fresh: boolean): void;
  /** the server knows this consultation better than the list of this link */
  learned(gathering: Gathering): void;
  /** it is over, or was never there: the list of this link is old */
  mistaken(): void;
}

const again = 5000;

/** Vigil waits in the server's lobby of the consultation that this page waits for, over any number of sessions. */
export class Vigil {
  private readonly deps: VigilDeps;
  private readonly seen = signal<Gathering | null>(null);
  private wanted: string | null = null;
  /** for which the server lets this session wait, or was asked to */
  private at: string | null = null;
  /** whose notes were told last */
  private last: string | null = null;
  private turn = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(deps: VigilDeps) {
    this.deps = deps;
  }

  get gathering(): ReadonlySignal<Gathering | null> {
    return this.seen;
  }

  /** From now on this one, or none. */
  want(consultation: string | null): void {
    this.wanted = consultation;
    this.look();
  }

  /** The session may have lost its place there: it asked to go in, and was not let. */
  renew(): void {
    this.turn += 1;
    this.at = null;
    this.look();
  }

  /** The session can be asked again. */
  look(): void {
    clearTimeout(this.timer);
    if (!this.deps.reachable() || this.at === this.wanted) return;
    if (this.wanted !== null) void this.ask(this.wanted);
    else {
      this.forget();
      this.deps.tellLeave();
    }
  }

  /** The session waits no more: it is new, or went into a room or to practise. */
  forget(): void {
    this.turn += 1;
    this.at = null;
    this.seen.value = null;
  }

  /** What the server tells of the lobby, in a delta or after a resume. */
  told(waiting: Waiting): void {
    const { consultation, clock, seats } = waiting;
    if (consultation.id !== this.at) return;
    this.seen.value = { consultation, clock, seats };
    this.deps.learned({ consultation, clock, seats });
  }

  close(): void {
    clearTimeout(this.timer);
    this.forget();
    this.wanted = null;
  }

  private async ask(consultation: string): Promise<void> {
    this.turn += 1;
    const mine = this.turn;
    if (this.seen.value?.consultation.id !== consultation) this.seen.value = null;
    this.at = consultation;
    try {
      const waiting = await this.deps.wait(consultation);
      if (mine !== this.turn) return;
      this.deps.notes(waiting.notes, this.last !== consultation);
      this.last = consultation;
      this.told(waiting);
    } catch (error) {
      if (mine !== this.turn) return;
      // Nobody answered: the session's return asks again.
      if (!(error instanceof Refused)) this.at = null;
      else if (isPassing(error.code)) {
        this.at = null;
        this.timer = setTimeout(() => this.look(), Math.max(again, error.retryAfter));
      } else this.deps.mistaken();
    }
  }
}
