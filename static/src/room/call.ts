import { type ReadonlySignal, signal } from '@preact/signals';
import { Refused } from '../protocol/failure';
import type { Note } from '../protocol/types';
import type { Call } from './model';
import { isMine } from './notes';

export interface CallDeps {
  now(): number;
  tell(): Promise<void>;
}

/** An older one, read again after a reload, is nobody's concern any more. */
const lasts = 15 * 60_000;
/** The server's clock stamps the call; its note may look a little older than it. */
const slack = 5000;

/** BoothCall is this booth's call for a coordinator, from the button to the answer. */
export class BoothCall {
  private readonly deps: CallDeps;
  private readonly state = signal<Call>({ state: 'none' });
  /** what was called before is settled */
  private settled = 0;
  private calledAt = 0;

  constructor(deps: CallDeps) {
    this.deps = deps;
  }

  get call(): ReadonlySignal<Call> {
    return this.state;
  }

  start(): void {
    const { state } = this.state.peek();
    if (state === 'calling' || state === 'called') return;
    this.state.value = { state: 'calling' };
    void this.tell();
  }

  /** The session is up again: a call that nobody took is made again. */
  again(): void {
    if (this.state.peek().state === 'calling') void this.tell();
  }

  close(): void {
    this.settled = this.deps.now();
    this.state.value = { state: 'none' };
  }

  /** Notes of this seat, oldest first: the call itself, that it was seen, an answer. */
  heard(notes: readonly Note[]): void {
    for (const note of notes) {
      const at = Date.parse(note.at);
      if (at < this.settled - slack || at < this.deps.now() - lasts) continue;
      if (isMine(note)) this.heardOwn(note, at);
      else if (this.isOpen() && at >= this.calledAt - slack)
        this.state.value = { state: 'answered', name: note.from.name, text: note.text };
    }
  }

  private heardOwn(note: Note, at: number): void {
    if (note.kind !== 'call' || at < this.calledAt - slack) return;
    const now = this.state.peek();
    if (note.seen_by) {
      // Words say more than a tick.
      if (now.state !== 'answered' || !now.text)
        this.state.value = { state: 'answered', name: note.seen_by, text: '' };
    } else if (now.state === 'none' || now.state === 'calling') {
      this.calledAt = at;
      this.state.value = { state: 'called', at };
    }
  }

  private isOpen(): boolean {
    const { state } = this.state.peek();
    return state === 'called' || state === 'answered';
  }

  private async tell(): Promise<void> {
    try {
      await this.deps.tell();
      if (this.state.peek().state !== 'calling') return;
      this.calledAt = this.deps.now();
      this.state.value = { state: 'called', at: this.calledAt };
    } catch (error) {
      // Nobody answered: the session's return calls again.
      if (error instanceof Refused) this.state.value = { state: 'failed', code: error.code };
    }
  }
}
