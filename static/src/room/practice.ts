import { type ReadonlySignal, signal } from '@preact/signals';
import { countSlot } from '../media/flow';
import type { MediaSlot } from '../media/slots';
import type { Code, Practising } from '../protocol/types';
import type { Practice } from './model';

export interface PracticeDeps {
  practise(): Promise<Practising>;
  tellLeave(): void;
  /** begins or ends to send on the present PeerConnection */
  send(on: boolean): void;
  slots(): readonly MediaSlot[];
  playSound(): void;
  codeOf(error: unknown): Code | null;
}

const poll = 300;

/** Rehearsal lets this person's own picture and voice come back from the server, on the lobby's PeerConnection. */
export class Rehearsal {
  private readonly deps: PracticeDeps;
  private readonly current = signal<Practice>({ state: 'off' });
  private turn = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(deps: PracticeDeps) {
    this.deps = deps;
  }

  get practice(): ReadonlySignal<Practice> {
    return this.current;
  }

  /** The server is practising with this session, or is asked to: it waits for no consultation then. */
  get busy(): boolean {
    const { state } = this.current.value;
    return state === 'starting' || state === 'on';
  }

  start(): void {
    if (!this.busy) void this.begin();
  }

  stop(): void {
    if (this.busy) {
      this.deps.send(false);
      // Before anything that the page asks for once this is off.
      this.deps.tellLeave();
    }
    this.end({ state: 'off' });
  }

  /** The session is another one, or in a room: the practice is over at the server, too. */
  forget(): void {
    if (this.current.peek().state !== 'off') this.end({ state: 'off' });
  }

  /** The slots are those of a new PeerConnection; the server practises with it as before. */
  mediaRenewed(): void {
    if (!this.busy) return;
    this.deps.send(true);
    this.watch();
  }

  private async begin(): Promise<void> {
    this.end({ state: 'starting' });
    const mine = this.turn;
    try {
      await this.deps.practise();
      if (mine !== this.turn) return;
      this.deps.send(true);
      this.deps.playSound();
      this.watch();
    } catch (error) {
      if (mine === this.turn) this.end({ state: 'failed', code: this.deps.codeOf(error) });
    }
  }

  private end(state: Practice): void {
    this.turn += 1;
    clearInterval(this.timer);
    this.current.value = state;
  }

  private watch(): void {
    clearInterval(this.timer);
    const mine = this.turn;
    const slot = this.deps.slots()[0];
    this.current.value = { state: 'on', picture: slot?.picture ?? null, pictureOn: false, soundOn: false };
    if (!slot) return;
    // Counts run since the slot was made; only what comes from now on is the practice's.
    let first: { frames: number; audioPackets: number } | null = null;
    this.timer = setInterval(async () => {
      const count = await countSlot(slot);
      const now = this.current.peek();
      if (mine !== this.turn || now.state !== 'on') return;
      first ??= count;
      const pictureOn = now.pictureOn || count.frames > first.frames;
      const soundOn = now.soundOn || count.audioPackets > first.audioPackets;
      if (pictureOn === now.pictureOn && soundOn === now.soundOn) return;
      this.current.value = { ...now, pictureOn, soundOn };
    }, poll);
  }
}
