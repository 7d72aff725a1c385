import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { DeviceState } from '../media/device';
import type { Readiness } from '../protocol/types';
import type { Practice, TestsModel, ToneTest, VoiceTest } from './model';
import type { NetworkCheck, NetworkTrial } from './networktest';
import type { PathView } from './path';
import type { Rehearsal } from './practice';
import { type Reporter, readinessOf } from './readiness';
import { audible, type Trials } from './trials';

export interface TryOutDeps {
  microphone: ReadonlySignal<DeviceState>;
  camera: ReadonlySignal<DeviceState>;
  level: ReadonlySignal<number>;
  path: ReadonlySignal<PathView>;
  trials: Trials;
  rehearsal: Rehearsal;
  network: NetworkCheck;
  reporter: Reporter;
  roundTrip(): Promise<number | null>;
  /** device minus server, in milliseconds */
  clockOffset(): number;
  userAgent: string;
  zone: string;
}

const roundTripEvery = 5000;

/** TryOut is all that a lobby tries, and tells the coordinators what came of it. */
export class TryOut implements TestsModel {
  private readonly deps: TryOutDeps;
  private readonly audibleSignal = signal(false);
  private readonly roundTripSignal = signal<number | null>(null);
  private readonly stoppers: (() => void)[] = [];

  readonly readiness: ReadonlySignal<Readiness>;

  constructor(deps: TryOutDeps) {
    this.deps = deps;
    const { trials, userAgent, zone } = deps;
    this.readiness = computed(() =>
      readinessOf({
        microphone: deps.microphone.value,
        camera: deps.camera.value,
        audible: this.audibleSignal.value,
        voice: trials.voice.value,
        tone: trials.tone.value,
        path: deps.path.value.state,
        roundTrip: this.roundTripSignal.value,
        userAgent,
        clockOffset: deps.clockOffset(),
        zone,
        network: deps.network.found.value,
      }),
    );
  }

  get voice(): ReadonlySignal<VoiceTest> {
    return this.deps.trials.voice;
  }
  get tone(): ReadonlySignal<ToneTest> {
    return this.deps.trials.tone;
  }
  get practice(): ReadonlySignal<Practice> {
    return this.deps.rehearsal.practice;
  }
  get network(): ReadonlySignal<NetworkTrial> {
    return this.deps.network.trial;
  }

  startVoice(): void {
    this.deps.trials.startVoice();
  }
  startTone(): void {
    this.deps.trials.startTone();
  }
  heard(yes: boolean): void {
    this.deps.trials.heard(yes);
  }
  stop(): void {
    this.deps.trials.stop();
  }
  startPractice(): void {
    this.deps.rehearsal.start();
  }
  stopPractice(): void {
    this.deps.rehearsal.stop();
  }
  startNetwork(): void {
    this.deps.network.start();
  }
  stopNetwork(): void {
    this.deps.network.stop();
  }

  /** The link is open and a person or a booth is there. */
  watch(): void {
    const measure = async () => {
      this.roundTripSignal.value = await this.deps.roundTrip().catch(() => null);
    };
    const timer = setInterval(() => void measure(), roundTripEvery);
    this.stoppers.push(
      () => clearInterval(timer),
      effect(() => {
        if (this.deps.level.value >= audible) this.audibleSignal.value = true;
      }),
      // Another microphone has not been heard yet.
      effect(() => {
        void this.deviceOf(this.deps.microphone.value);
      }),
      effect(() => this.deps.reporter.learn(this.readiness.value)),
    );
  }

  /** The person goes in: whatever was tried up to now is all there will be. */
  goesIn(): void {
    this.deps.trials.stop();
    this.deps.network.stop();
    void this.deps.reporter.flush();
  }

  close(): void {
    for (const stop of this.stoppers.splice(0)) stop();
    this.deps.trials.stop();
    this.deps.network.stop();
    this.deps.reporter.close();
  }

  private lastDevice = '';
  private deviceOf(microphone: DeviceState): void {
    if (microphone.state !== 'on') return;
    if (this.lastDevice && this.lastDevice !== microphone.deviceId) this.audibleSignal.value = false;
    this.lastDevice = microphone.deviceId;
  }
}
