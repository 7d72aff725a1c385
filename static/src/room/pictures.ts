import { signal } from '@preact/signals';

/** Who is to be seen in a slot. */
export interface Showing {
  slot: number;
  participant: string;
  /** for how long its frames are held before they are shown, in milliseconds; see holdSlots */
  hold_ms?: number;
}

/** What has come out of a slot so far. */
export interface Emitted {
  /** a number that grows with every frame */
  frames: number;
  /** for how long these frames waited in the jitter buffer, all together, in milliseconds; left out where that is not known */
  waited?: number;
}

export interface PicturesDeps {
  emitted(slot: number): Promise<Emitted>;
  /** whom each slot of the present PeerConnection showed last; outlives rooms, as its last frames do */
  shown: Map<number, string>;
}

/** Frames of the person before may still be on their way when the slot map arrives, and wait here as long as they are held. */
const settle = 200;
const poll = 60;

const nameOf = (slot: number, participant: string) => `${slot} ${participant}`;

/**
 * Pictures knows which slots show whom they should. A slot that showed somebody
 * else still has that person's last frame in its <video>; it must not be seen
 * under another name, so the slot counts only when new frames have come.
 */
export class Pictures {
  private readonly deps: PicturesDeps;
  private readonly readySignal = signal<ReadonlySet<string>>(new Set());
  /** whom each slot showed last, of this PeerConnection, though it may be free now */
  private readonly shown: Map<number, string>;
  private readonly holds = new Map<number, number>();
  /** counts how often each slot came to somebody else: who comes back into it meanwhile is waited for anew */
  private readonly turns = new Map<number, number>();

  constructor(deps: PicturesDeps) {
    this.deps = deps;
    this.shown = deps.shown;
  }

  isReady(slot: number, participant: string): boolean {
    return this.readySignal.value.has(nameOf(slot, participant));
  }

  /** A new PeerConnection has shown nobody yet. */
  reset(): void {
    this.shown.clear();
    this.readySignal.value = new Set();
  }

  /** The room is left: in the next one each slot has to prove anew whom it shows. */
  leave(): void {
    for (const slot of this.shown.keys()) this.shown.set(slot, '');
    this.readySignal.value = new Set();
  }

  update(slots: readonly Showing[]): void {
    const ready = new Set(this.readySignal.value);
    for (const { slot, participant, hold_ms = 0 } of slots) {
      const held = Math.max(hold_ms, this.holds.get(slot) ?? 0);
      this.holds.set(slot, hold_ms);
      const before = this.shown.get(slot);
      if (before === participant) continue; // their own picture, or already waited for
      this.shown.set(slot, participant);
      if (before === undefined) ready.add(nameOf(slot, participant));
      else {
        ready.delete(nameOf(slot, before));
        void this.wait(slot, participant, settle + held);
      }
    }
    this.readySignal.value = ready;
  }

  private async wait(slot: number, participant: string, time: number): Promise<void> {
    const turn = (this.turns.get(slot) ?? 0) + 1;
    this.turns.set(slot, turn);
    const mine = () => this.turns.get(slot) === turn && this.shown.get(slot) === participant;
    const began = performance.now();
    await pause(time);
    let before = await this.deps.emitted(slot);
    let looked = performance.now();
    while (mine()) {
      const now = await this.deps.emitted(slot);
      const frames = now.frames - before.frames;
      if (frames > 0) {
        // A busy page holds frames for longer than anybody asked: what came out since the last
        // look arrived as much earlier as it waited, and must have arrived after the change.
        const waited = ((now.waited ?? 0) - (before.waited ?? 0)) / frames;
        if (looked - waited >= began + settle) {
          if (mine())
            this.readySignal.value = new Set([...this.readySignal.value, nameOf(slot, participant)]);
          return;
        }
        before = now;
      }
      looked = performance.now();
      await pause(poll);
    }
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
