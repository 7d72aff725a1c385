import type { DeviceState } from '../media/device';
import type { NetworkTest, Readiness } from '../protocol/types';
import type { ToneTest, VoiceTest } from './model';
import type { PathView } from './path';

/** Everything that the tests of a lobby and the lobby itself have found out. */
export interface Findings {
  microphone: DeviceState;
  camera: DeviceState;
  /** the microphone was loud enough for speech at some time */
  audible: boolean;
  voice: VoiceTest;
  tone: ToneTest;
  path: PathView['state'];
  /** of the media path, in milliseconds */
  roundTrip: number | null;
  userAgent: string;
  /** device minus server, in milliseconds */
  clockOffset: number;
  zone: string;
  /** null: the network was not tested */
  network: NetworkTest | null;
}

type Result = Readiness['microphone'];

/** readinessOf is what the coordinators' board gets to know of this device. */
export function readinessOf(found: Findings): Readiness {
  return {
    microphone: microphoneOf(found),
    camera: opened(found.camera) ?? (found.camera.state === 'on' ? 'passed' : 'untested'),
    speaker: speakerOf(found),
    media: found.path === 'connected' ? 'passed' : found.path === 'hopeless' ? 'failed' : 'untested',
    // Rounded up: 0 says that it is not known.
    rtt_ms: Math.ceil(found.roundTrip ?? 0),
    browser: browserOf(found.userAgent),
    // This page runs only where a room would.
    supported: true,
    clock_offset_ms: Math.round(found.clockOffset),
    zone: found.zone.slice(0, 64),
    ...(found.network ? { network: found.network } : {}),
  };
}

function opened(device: DeviceState): Result | null {
  return device.state === 'problem' ? 'failed' : null;
}

function microphoneOf({ microphone, audible, voice }: Findings): Result {
  const problem = opened(microphone);
  if (problem) return problem;
  if (audible) return 'passed';
  return voice.state === 'failed' && voice.why === 'silent' ? 'failed' : 'untested';
}

/** The voice's own playback and the tone say the same; who heard one of them has a loudspeaker. */
function speakerOf({ voice, tone }: Findings): Result {
  if (voice.state === 'heard' || tone.state === 'heard') return 'passed';
  if (voice.state === 'not_heard' || tone.state === 'not_heard') return 'failed';
  return 'untested';
}

/** sameResults: nothing that a coordinator would act on is another one. Round trips and clocks move all the time. */
export function sameResults(a: Readiness, b: Readiness): boolean {
  const { rtt_ms: _, clock_offset_ms: c, ...one } = a;
  const { rtt_ms: __, clock_offset_ms: d, ...other } = b;
  return Math.abs(c - d) < 5000 && JSON.stringify(one) === JSON.stringify(other);
}

/** The more special mark comes first: everybody calls himself Chrome and Safari, too. */
const browsers: readonly [name: string, mark: RegExp][] = [
  ['Edge', /\bEdgA?\/(\d+)/],
  ['Edge', /\bEdgiOS\/(\d+)/],
  ['Samsung Internet', /\bSamsungBrowser\/(\d+)/],
  ['Whale', /\bWhale\/(\d+)/],
  ['Opera', /\bOPR\/(\d+)/],
  ['Yandex', /\bYaBrowser\/(\d+)/],
  ['Firefox', /\b(?:Firefox|FxiOS)\/(\d+)/],
  ['Chrome', /\b(?:Chrome|CriOS|HeadlessChrome)\/(\d+)/],
  ['Safari', /\bVersion\/(\d+[.\d]*).*Safari\//],
];

/** browserOf names a browser and its version, for a coordinator who helps by telephone. */
export function browserOf(userAgent: string): string {
  for (const [name, mark] of browsers) {
    const version = mark.exec(userAgent)?.[1];
    if (version) return `${name} ${version}`;
  }
  return userAgent.slice(0, 60);
}

/** What a device showed once it has: a page that was loaded anew has not tried it again, and need not. */
export type Remembered = Pick<Readiness, 'microphone' | 'camera' | 'speaker'>;

export function remember(before: Remembered | null, now: Readiness): Readiness {
  const kept = (kind: keyof Remembered): Result =>
    now[kind] === 'untested' ? (before?.[kind] ?? 'untested') : now[kind];
  return { ...now, microphone: kept('microphone'), camera: kept('camera'), speaker: kept('speaker') };
}

export interface ReporterDeps {
  post(readiness: Readiness): Promise<void>;
  /** results of this device, over reloads */
  memory: { get(): Remembered | null; set(results: Remembered): void };
}

const settle = 3000;
const atMost = 20_000;

/** Reporter tells the server what was found: soon after a test, and at once when the person goes in. */
export class Reporter {
  private readonly deps: ReporterDeps;
  private posted: Readiness | null = null;
  private latest: Readiness | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastAt = Number.NEGATIVE_INFINITY;

  constructor(deps: ReporterDeps) {
    this.deps = deps;
  }

  /** The newest findings. A page that has found nothing yet has nothing to tell. */
  learn(found: Readiness): void {
    const readiness = remember(this.deps.memory.get(), found);
    const { microphone, camera, speaker } = readiness;
    const untried = [microphone, camera, speaker].every((result) => result === 'untested');
    if (untried && !readiness.network) return;
    this.latest = readiness;
    this.deps.memory.set({ microphone, camera, speaker });
    if (this.posted && sameResults(this.posted, readiness)) return;
    // The person has just asked for it, and may be on the telephone with a coordinator.
    const asked = readiness.network?.at !== this.posted?.network?.at;
    if (this.timer !== undefined && !asked) return;
    clearTimeout(this.timer);
    const wait = asked ? settle : Math.max(settle, this.lastAt + atMost - performance.now());
    this.timer = setTimeout(() => void this.flush(), wait);
  }

  /** Tells what is known now, whether it is news or not. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { latest } = this;
    if (!latest) return;
    this.lastAt = performance.now();
    try {
      await this.deps.post(latest);
      this.posted = latest;
    } catch {
      // The next finding, or the join, tells it again.
    }
    // What was learnt meanwhile waits for its turn.
    if (this.latest && this.latest !== latest) this.learn(this.latest);
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
