import { type ReadonlySignal, signal } from '@preact/signals';
import type { Uplink } from '../media/uplink';

/** Whether the own camera may use the line, which the voice needs first. */
export type Rest =
  /** nothing is sent, so nothing is judged */
  | { at: 'idle' }
  /** since: of this sending; lowSince, starvedSince: without a break until now */
  | { at: 'sending'; since: number; lowSince: number | null; starvedSince: number | null; wait: number }
  /** tries again at `until`, and if that fails waits twice as long the next time */
  | { at: 'resting'; until: number; wait: number };

/** Bits a second under which a voice with its repair has no room for a picture beside it. */
const floor = 120_000;
const lowFor = 3000;
const starvedFor = 5000;
/** An estimate begins low, and after an interruption again. */
const settling = 6000;
const firstWait = 10_000;
const longestWait = 60_000;
/** Who has sent for this long without trouble begins with the short wait again. */
const proven = 20_000;

/** restOf takes a reading; `open` says that the camera is on in a room and the path works. */
export function restOf(before: Rest, open: boolean, uplink: Uplink, now: number): Rest {
  if (!open) return before.at === 'resting' ? before : { at: 'idle' };
  switch (before.at) {
    case 'idle':
      return { at: 'sending', since: now, lowSince: null, starvedSince: null, wait: firstWait };
    case 'resting':
      if (now < before.until) return before;
      return {
        at: 'sending',
        since: now,
        lowSince: null,
        starvedSince: null,
        wait: Math.min(2 * before.wait, longestWait),
      };
    case 'sending': {
      if (now - before.since < settling) return before;
      const low = uplink.estimate !== null && uplink.estimate < floor;
      const lowSince = low ? (before.lowSince ?? now) : null;
      const starvedSince = uplink.starved ? (before.starvedSince ?? now) : null;
      const bad =
        (lowSince !== null && now - lowSince >= lowFor) ||
        (starvedSince !== null && now - starvedSince >= starvedFor);
      if (bad) return restingFrom(now, before.wait);
      const wait = now - before.since >= proven ? firstWait : before.wait;
      return { ...before, lowSince, starvedSince, wait };
    }
  }
}

export const restingFrom = (now: number, wait = firstWait): Rest => ({
  at: 'resting',
  until: now + wait,
  wait,
});

export interface CameraRestDeps {
  /** the camera is on, this page is in a room, and the path works */
  open(): boolean;
  /** this PeerConnection brings no pictures up whatever the line could carry */
  soundOnly(): boolean;
  uplink(): Promise<Uplink | null>;
  /** the system calls its network a very slow one */
  slow(): boolean;
  rest(on: boolean): void;
  monotonic(): number;
}

const readEvery = 1000;

/** CameraRest lets the own camera rest while the line up would not carry it beside the voice, and tries again by itself. */
export class CameraRest {
  private readonly deps: CameraRestDeps;
  private readonly restingSignal = signal(false);
  private state: Rest = { at: 'idle' };
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(deps: CameraRestDeps) {
    this.deps = deps;
  }

  get resting(): ReadonlySignal<boolean> {
    return this.restingSignal;
  }

  /** In a room from now on. */
  start(): void {
    if (this.timer) return;
    this.state = this.deps.slow() ? restingFrom(this.deps.monotonic()) : { at: 'idle' };
    this.timer = setInterval(() => void this.read(), readEvery);
    this.tell();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.state = { at: 'idle' };
    this.tell();
  }

  private async read(): Promise<void> {
    // Nothing is measured while nothing is sent.
    const uplink = this.state.at === 'sending' ? await this.deps.uplink().catch(() => null) : null;
    if (!this.timer) return;
    const nothing: Uplink = { estimate: null, starved: false };
    this.state = restOf(this.state, this.deps.open(), uplink ?? nothing, this.deps.monotonic());
    this.tell();
  }

  private tell(): void {
    const resting = this.timer !== undefined && (this.state.at === 'resting' || this.deps.soundOnly());
    if (resting === this.restingSignal.peek()) return;
    this.restingSignal.value = resting;
    this.deps.rest(resting);
  }
}
