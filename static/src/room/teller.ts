import type { ReadonlySignal } from '@preact/signals';
import type { DeviceState } from '../media/device';
import type { Stat } from '../media/diagnose';
import { countSlot } from '../media/flow';
import type { MediaSlot } from '../media/slots';
import type { CameraHealth, Participant, Slot, TellVitals } from '../protocol/types';
import {
  carriedBy,
  microphoneOf,
  type Playback,
  type Reading,
  Steady,
  seatsOf,
  Unheard,
  vitalsOf,
} from './vitals';

/** What the room is to show and sound just now; null outside of one. */
export interface Expected {
  participants: readonly Participant[];
  slots: readonly Slot[];
}

export interface TellerDeps {
  expected(): Expected | null;
  slots(): readonly MediaSlot[];
  /** of the present PeerConnection; null while there is none */
  stats(): Promise<readonly Stat[] | null>;
  microphone: ReadonlySignal<DeviceState>;
  level: ReadonlySignal<number>;
  camera(): CameraHealth;
  hidden(): boolean;
  playback(slots: readonly number[]): Playback;
  monotonic(): number;
  /** the session is up; what cannot be told is forgotten, the next one is due soon */
  reachable(): boolean;
  tell(vitals: TellVitals): Promise<void>;
}

const sampleEvery = 100;
const tellEvery = 5000;
/** The meter's scale ends at -6 dB: nobody speaks there all the time but into a microphone turned up too far. */
const full = 0.99;

/** Teller counts what this browser sees and hears in a room and tells the server, every five seconds. */
export class Teller {
  private readonly deps: TellerDeps;
  private readonly unheard = new Unheard();
  private readonly steady = new Steady();
  private before: Reading | null = null;
  private levels: number[] = [];
  private busy = false;
  private timers: ReturnType<typeof setInterval>[] = [];

  constructor(deps: TellerDeps) {
    this.deps = deps;
  }

  start(): void {
    if (this.timers.length) return;
    this.before = null;
    this.levels = [];
    this.timers = [
      setInterval(() => this.sample(), sampleEvery),
      setInterval(() => void this.count(), tellEvery),
    ];
    void this.count();
  }

  stop(): void {
    for (const timer of this.timers.splice(0)) clearInterval(timer);
  }

  private sample(): void {
    this.levels.push(this.deps.level.peek());
    const expected = this.deps.expected();
    if (expected) this.steady.sample(carriedBy(expected.participants, expected.slots, this.deps.slots()));
  }

  private async count(): Promise<void> {
    const expected = this.deps.expected();
    if (this.busy || !expected) return;
    this.busy = true;
    try {
      await this.compare(expected);
    } finally {
      this.busy = false;
    }
  }

  private async compare(expected: Expected): Promise<void> {
    const stats = await this.deps.stats().catch(() => null);
    if (!stats) return;
    const now: Reading = { at: this.deps.monotonic(), stats };
    const { before } = this;
    const levels = this.levels.splice(0);
    const steady = this.steady.turn();
    this.before = now;
    const unheard = this.unheard.read(
      now.at,
      expected.participants,
      expected.slots,
      await this.packets(expected),
    );
    if (!before || !this.timers.length || !this.deps.reachable()) return;
    const vitals = vitalsOf({
      before,
      now,
      microphone: microphoneOf({
        on: this.deps.microphone.peek().state === 'on',
        loudest: Math.max(0, ...levels),
        clipped: levels.filter((level) => level >= full).length / Math.max(1, levels.length),
      }),
      camera: this.deps.camera(),
      unheard,
      hidden: this.deps.hidden(),
      steady,
      seats: seatsOf(expected.participants, expected.slots, this.deps.slots()),
      playback: this.deps.playback(expected.slots.map(({ slot }) => slot)),
    });
    await this.deps.tell(vitals).catch(() => undefined); // the next one is due in five seconds
  }

  private async packets({ slots }: Expected): Promise<ReadonlyMap<number, number>> {
    const places = this.deps.slots();
    const counts = await Promise.all(
      slots.flatMap(({ slot }) => (places[slot] ? countSlot(places[slot]) : [])),
    );
    return new Map(counts.map(({ slot, audioPackets }) => [slot, audioPackets]));
  }
}
