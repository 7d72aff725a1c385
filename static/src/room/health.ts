import { type ReadonlySignal, signal } from '@preact/signals';
import type { DeviceState } from '../media/device';
import { echoHeard, type Moment } from '../media/echo';
import { lossBetween, type PathCount } from '../media/vitals';
import type { CameraHealth, Health, MicrophoneHealth } from '../protocol/types';

/** What a booth measured in the last ten seconds. */
export interface Measured {
  microphone: DeviceState;
  camera: CameraHealth;
  /** loudest of the microphone, 0 to 1 */
  loudest: number;
  /** share of the moments at which the microphone was as loud as it goes */
  clipped: number;
  moments: readonly Moment[];
  before: PathCount | null;
  path: PathCount | null;
}

/** A quiet hall is louder; below this a cable is out or a switch is off. */
const faintest = 0.03;
const tooOften = 0.1;

export function healthOf(measured: Measured): Health {
  const { path, before, camera, loudest, moments } = measured;
  return {
    microphone: microphoneOf(measured),
    camera,
    level: Math.min(1, Math.max(0, loudest)),
    echo: echoHeard(moments),
    // Rounded up: 0 says that it is not known.
    rtt_ms: Math.ceil(path?.roundTrip ?? 0),
    loss: path ? lossBetween(before, path) : 0,
  };
}

function microphoneOf({ microphone, loudest, clipped }: Measured): MicrophoneHealth {
  if (microphone.state !== 'on') return 'off';
  if (loudest < faintest) return 'silent';
  return clipped > tooOften ? 'clipping' : 'ok';
}

export interface MonitorDeps {
  microphone: ReadonlySignal<DeviceState>;
  level(): number;
  /** the loudest of what the loudspeaker plays, 0 to 1 */
  far(): number;
  camera(): CameraHealth;
  path(): Promise<PathCount | null>;
  tell(health: Health): Promise<void>;
}

const sampleEvery = 100;
const tellEvery = 10_000;
/** The meter's scale ends at -6 dB: nobody speaks there all the time but into a microphone turned up too far. */
const full = 0.99;

/** Monitor measures a booth's screen and tells the coordinators, for as long as the page lives. */
export class Monitor {
  private readonly deps: MonitorDeps;
  private readonly last = signal<Health | null>(null);
  private moments: Moment[] = [];
  private before: PathCount | null = null;
  private timers: ReturnType<typeof setInterval>[] = [];

  constructor(deps: MonitorDeps) {
    this.deps = deps;
  }

  get health(): ReadonlySignal<Health | null> {
    return this.last;
  }

  start(): void {
    if (this.timers.length) return;
    this.timers = [
      setInterval(() => this.moments.push({ far: this.deps.far(), near: this.deps.level() }), sampleEvery),
      setInterval(() => void this.measure(), tellEvery),
    ];
  }

  stop(): void {
    for (const timer of this.timers.splice(0)) clearInterval(timer);
  }

  private async measure(): Promise<void> {
    const { moments } = this;
    this.moments = [];
    const path = await this.deps.path().catch(() => null);
    const near = moments.map((m) => m.near);
    const health = healthOf({
      microphone: this.deps.microphone.peek(),
      camera: this.deps.camera(),
      loudest: Math.max(0, ...near),
      clipped: near.filter((level) => level >= full).length / Math.max(1, near.length),
      moments,
      before: this.before,
      path,
    });
    this.before = path;
    this.last.value = health;
    await this.deps.tell(health).catch(() => undefined); // the next one is due in ten seconds
  }
}
