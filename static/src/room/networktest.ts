import { type ReadonlySignal, signal } from '@preact/signals';
import { type Gauge, type Measured, measured, narrow } from '../media/gauge';
import type { NetworkTest, PathProfile, TestResult } from '../protocol/types';
import { audible } from './trials';
import { soon, type Way } from './wayprobe';

export type NetworkStep = 'socket' | 'media' | Way;

/** In the order in which they are tried. */
export const networkSteps: readonly NetworkStep[] = ['socket', 'media', 'udp', 'tcp', 'tls'];

/** What it comes to for a person, worst first. */
export type Verdict = 'blocked' | 'sound' | 'shaky' | 'narrow' | 'around' | 'good';

export interface NetworkFound {
  test: NetworkTest;
  verdict: Verdict;
  /** the rates are what was seen; the line may carry more */
  upAtLeast: boolean;
  downAtLeast: boolean;
  /** 0 to 1; null: too little was sent to tell */
  lossUp: number | null;
  lossDown: number | null;
  /** of a message and its reply, in milliseconds; null: none came */
  socketRoundTrip: number | null;
  /** null: told by somebody else */
  device: TestedDevice | null;
}

/** What of the device matters beside its network. */
export interface TestedDevice {
  /** device minus server, in milliseconds */
  clockOffset: number;
  microphone: 'heard' | 'silent' | 'off';
}

/** The network test, as the page shows it. */
export type NetworkTrial =
  | { state: 'idle' }
  | { state: 'running'; step: NetworkStep }
  | { state: 'done'; found: NetworkFound };

export interface NetworkCheckDeps {
  /** the server's clock, in milliseconds since the epoch */
  now(): number;
  monotonic(): number;
  /** resolves with the reply of the server */
  ping(): Promise<unknown>;
  /** counts sockets, so that one that broke is known */
  sockets(): number;
  connected(): boolean;
  way(): PathProfile;
  gauge(): Promise<Gauge | null>;
  /** lets the own picture and voice come back from the server, where there are any; gives its end */
  rehearse(): () => void;
  probe(way: Way, within: number, abort: AbortSignal): Promise<boolean | null>;
  /** 0 to 1, of the microphone */
  level: ReadonlySignal<number>;
  microphoneOn(): boolean;
  clockOffset(): number;
}

const pings = 3;
const pingWithin = 4000;
const pingPause = 250;
const connectWithin = 8000;
const lookEvery = 250;
/** The estimates of both ends begin low, and need this long to find the line's width. */
const warmUp = 4000;
const readings = 6;
const readEvery = 1000;
const wayWithin = 6000;
/** All of it; whatever has not been tried by then is not. */
const atMost = 44_000;
const lossy = 0.05;

/** NetworkCheck tries the network on the very path of the meeting, and then the ways beside it, one after the other. */
export class NetworkCheck {
  private readonly deps: NetworkCheckDeps;
  private readonly current = signal<NetworkTrial>({ state: 'idle' });
  private readonly newest = signal<NetworkTest | null>(null);
  private settled: NetworkTrial = this.current.peek();
  private running: AbortController | null = null;

  constructor(deps: NetworkCheckDeps) {
    this.deps = deps;
  }

  get trial(): ReadonlySignal<NetworkTrial> {
    return this.current;
  }

  /** What was found last, for the coordinators; null: nothing yet. */
  get found(): ReadonlySignal<NetworkTest | null> {
    return this.newest;
  }

  start(): void {
    this.stop();
    const running = new AbortController();
    this.running = running;
    void this.run(running.signal);
  }

  /** A test that is cut short has found nothing; what was found before stays. */
  stop(): void {
    this.running?.abort();
    this.running = null;
    this.current.value = this.settled;
  }

  private async run(abort: AbortSignal): Promise<void> {
    const { deps } = this;
    const end = deps.monotonic() + atMost;
    const left = () => end - deps.monotonic();
    let loudest = 0;
    const unlisten = deps.level.subscribe((level) => {
      loudest = Math.max(loudest, level);
    });
    try {
      this.show('socket', abort);
      const socketRoundTrip = await this.pingSome(abort);
      const sockets = deps.sockets();
      this.show('media', abort);
      const line = socketRoundTrip === null && !deps.connected() ? null : await this.measure(abort);
      const ways: Record<Way, TestResult> = { udp: 'untested', tcp: 'untested', tls: 'untested' };
      const proven = line && provenBy(line, deps.way());
      if (proven) ways[proven] = 'passed';
      for (const way of ['udp', 'tcp', 'tls'] as const) {
        if (abort.aborted) return;
        this.show(way, abort);
        if (ways[way] === 'untested' && left() > 0) ways[way] = await this.tryWay(way, left(), abort);
      }
      if (abort.aborted) return;
      const stayed = socketRoundTrip !== null && sockets === deps.sockets();
      this.finish(line, ways, stayed, socketRoundTrip, loudest);
    } finally {
      unlisten();
    }
  }

  private show(step: NetworkStep, abort: AbortSignal): void {
    if (!abort.aborted) this.current.value = { state: 'running', step };
  }

  /** The shortest round trip of some; null when none came back in time. */
  private async pingSome(abort: AbortSignal): Promise<number | null> {
    const { deps } = this;
    const end = deps.monotonic() + pingWithin;
    let best: number | null = null;
    let answered = 0;
    while (answered < pings && deps.monotonic() < end && !abort.aborted) {
      const at = deps.monotonic();
      const pong = deps.ping().then(
        () => true,
        () => false,
      );
      if (await soon(pong, end - at, abort)) {
        best = Math.min(best ?? Number.POSITIVE_INFINITY, deps.monotonic() - at);
        answered += 1;
      }
      if (answered < pings) await pause(pingPause, abort);
    }
    return best;
  }

  /** The path that stands; null when it does not. */
  private async measure(abort: AbortSignal): Promise<Measured | null> {
    const { deps } = this;
    const until = deps.monotonic() + connectWithin;
    while (!deps.connected() && deps.monotonic() < until && !abort.aborted) await pause(lookEvery, abort);
    if (!deps.connected() || abort.aborted) return null;
    const end = deps.rehearse();
    try {
      await pause(warmUp, abort);
      const taken: Gauge[] = [];
      for (let i = 0; i < readings && !abort.aborted; i++) {
        if (i > 0) await pause(readEvery, abort);
        const gauge = await soon(
          deps.gauge().catch(() => null),
          readEvery,
          abort,
        );
        if (gauge) taken.push(gauge);
      }
      return deps.connected() ? measured(taken) : null;
    } finally {
      end();
    }
  }

  private async tryWay(way: Way, left: number, abort: AbortSignal): Promise<TestResult> {
    const within = Math.min(wayWithin, left);
    const came = await soon(this.deps.probe(way, within, abort), within + 1000, abort).catch(() => null);
    if (came === null) return 'untested';
    return came ? 'passed' : 'failed';
  }

  private finish(
    line: Measured | null,
    ways: Record<Way, TestResult>,
    stayed: boolean,
    socketRoundTrip: number | null,
    loudest: number,
  ): void {
    const { deps } = this;
    const test: NetworkTest = {
      at: new Date(deps.now()).toISOString(),
      socket: stayed ? 'passed' : 'failed',
      ...ways,
      path: pathOf(deps.way(), line, ways),
      route: line?.route || routeOf(ways),
      // Rounded up: 0 says that it is not known.
      rtt_ms: Math.ceil(line?.roundTrip ?? 0),
      jitter_ms: Math.ceil(line?.jitter ?? 0),
      loss_up: round(line?.lossUp ?? 0),
      loss_down: round(line?.lossDown ?? 0),
      up_kbps: Math.round((line?.up?.bits ?? 0) / 1000),
      down_kbps: Math.round((line?.down?.bits ?? 0) / 1000),
    };
    const found: NetworkFound = {
      test,
      verdict: verdictOf(test),
      upAtLeast: line?.up?.atLeast ?? false,
      downAtLeast: line?.down?.atLeast ?? false,
      lossUp: line?.lossUp ?? null,
      lossDown: line?.lossDown ?? null,
      socketRoundTrip,
      device: {
        clockOffset: deps.clockOffset(),
        microphone: !deps.microphoneOn() ? 'off' : loudest >= audible ? 'heard' : 'silent',
      },
    };
    this.running = null;
    this.newest.value = test;
    this.settled = { state: 'done', found };
    this.current.value = this.settled;
  }
}

/**
 * What carries media need not be tried, and a second try at the relay might be one too many for it. A direct way of
 * another profile than the normal one may be that profile's doing.
 */
function provenBy(line: Measured, way: PathProfile): Way | null {
  if (line.route === 'relay') return line.overTLS ? 'tls' : null;
  return line.route !== '' && way === 'normal' ? line.route : null;
}

/** What the meeting will use: a direct way where there is one, else what stands, else the relay. */
function pathOf(now: PathProfile, line: Measured | null, ways: Record<Way, TestResult>): PathProfile {
  if (line && now === 'active') return now;
  if (ways.udp === 'passed' || ways.tcp === 'passed') return 'normal';
  if (line || ways.tls !== 'passed') return now;
  return 'relay';
}

function routeOf(ways: Record<Way, TestResult>): NetworkTest['route'] {
  if (ways.udp === 'passed') return 'udp';
  if (ways.tcp === 'passed') return 'tcp';
  return ways.tls === 'passed' ? 'relay' : '';
}

/** verdictOf is the one sentence that a test comes to. */
export function verdictOf(test: NetworkTest): Verdict {
  if (test.route === '') return 'blocked';
  if (test.path === 'audio') return 'sound';
  if (test.socket === 'failed' || Math.max(test.loss_up, test.loss_down) > lossy) return 'shaky';
  if (isNarrow(test.up_kbps) || isNarrow(test.down_kbps)) return 'narrow';
  return test.udp === 'failed' ? 'around' : 'good';
}

export const isNarrow = (kbps: number): boolean => kbps > 0 && 1000 * kbps < narrow;

const round = (share: number): number => Math.round(1000 * share) / 1000;

function pause(ms: number, abort: AbortSignal): Promise<unknown> {
  return soon(new Promise<never>(() => undefined), ms, abort);
}
