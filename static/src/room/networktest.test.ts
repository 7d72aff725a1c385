import { signal } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Gauge } from '../media/gauge';
import type { NetworkTest, PathProfile } from '../protocol/types';
import { NetworkCheck, type NetworkTrial, verdictOf } from './networktest';
import { iso } from './testing';
import type { Way } from './wayprobe';

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => vi.useRealTimers());

const run = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const never = () => new Promise<never>(() => undefined);

function setup() {
  const world = {
    ping: (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 40)),
    sockets: 1,
    connected: true,
    way: 'normal' as PathProfile,
    route: 'udp' as Gauge['route'],
    overTLS: false,
    estimate: 2_000_000,
    kbps: 1000,
    loss: 0,
    ways: { udp: true, tcp: true, tls: true } as Record<Way, boolean | null>,
    probe: null as (() => Promise<boolean | null>) | null,
    tried: [] as Way[],
    told: [] as string[],
    level: signal(0),
    microphone: true,
  };
  const check = new NetworkCheck({
    now: () => Date.now(),
    monotonic: () => Date.now(),
    ping: () => world.ping(),
    sockets: () => world.sockets,
    connected: () => world.connected,
    way: () => world.way,
    gauge: async () => {
      const bytes = (Date.now() - 1_000_000) * (world.kbps / 8);
      return {
        at: Date.now(),
        route: world.route,
        overTLS: world.overTLS,
        roundTrip: 80.2,
        jitter: 3,
        estimate: world.estimate,
        sent: bytes,
        received: bytes,
        layers: new Map([['f', bytes]]),
        packetsSent: bytes / 1000,
        lostUp: 0,
        packetsReceived: bytes / 1000,
        lostDown: (world.loss * bytes) / 1000,
      };
    },
    rehearse: () => {
      world.told.push('rehearse');
      return () => world.told.push('end');
    },
    probe: (way) => {
      world.tried.push(way);
      return world.probe ? world.probe() : Promise.resolve(world.ways[way]);
    },
    level: world.level,
    microphoneOn: () => world.microphone,
    clockOffset: () => 12,
  });
  const steps: string[] = [];
  check.trial.subscribe((trial) => steps.push(trial.state === 'running' ? trial.step : trial.state));
  return { world, check, steps };
}

function foundOf(trial: NetworkTrial) {
  if (trial.state !== 'done') throw new Error(`it is ${trial.state}`);
  return trial.found;
}

test('a good network: every step in order, one result, and the rehearsal ends before the ways are tried', async () => {
  const { world, check, steps } = setup();
  check.start();
  world.level.value = 0.5;
  await run(15_000);
  const found = foundOf(check.trial.value);
  expect(steps).toEqual(['idle', 'socket', 'media', 'udp', 'tcp', 'tls', 'done']);
  expect(world.told).toEqual(['rehearse', 'end']);
  // What carries media is not tried once more.
  expect(world.tried).toEqual(['tcp', 'tls']);
  expect(found).toMatchObject({
    verdict: 'good',
    upAtLeast: false,
    downAtLeast: true,
    socketRoundTrip: 40,
    device: { clockOffset: 12, microphone: 'heard' },
  });
  expect(found.test).toEqual({
    at: iso(Date.parse(found.test.at)),
    socket: 'passed',
    udp: 'passed',
    tcp: 'passed',
    tls: 'passed',
    path: 'normal',
    route: 'udp',
    rtt_ms: 81,
    jitter_ms: 3,
    loss_up: 0,
    loss_down: 0,
    up_kbps: 2000,
    down_kbps: 1000,
  });
  expect(check.found.value).toEqual(found.test);
});

test('without microphone and camera the ways are tried all the same', async () => {
  const { world, check } = setup();
  Object.assign(world, { microphone: false, kbps: 0, estimate: 300_000 });
  check.start();
  await run(15_000);
  expect(foundOf(check.trial.value)).toMatchObject({
    verdict: 'good',
    device: { microphone: 'off' },
    test: { up_kbps: 0, down_kbps: 0, rtt_ms: 81, tls: 'passed' },
  });
});

test('UDP is shut and the relay carries: the next day begins with the relay', async () => {
  const { world, check } = setup();
  Object.assign(world, { way: 'relay', route: 'relay', ways: { udp: false, tcp: false, tls: true } });
  check.start();
  await run(15_000);
  expect(foundOf(check.trial.value)).toMatchObject({
    verdict: 'around',
    test: { udp: 'failed', tcp: 'failed', tls: 'passed', path: 'relay', route: 'relay' },
  });
});

test.each<[string, object, Way[]]>([
  ['TCP', { route: 'tcp' }, ['udp', 'tls']],
  ['the relay by TLS', { way: 'relay', route: 'relay', overTLS: true }, ['udp', 'tcp']],
])('%s is not tried where it carries media already', async (_name, over, tried) => {
  const { world, check } = setup();
  Object.assign(world, over);
  check.start();
  await run(15_000);
  expect(world.tried).toEqual(tried);
  expect(foundOf(check.trial.value).test).toMatchObject({ udp: 'passed', tcp: 'passed', tls: 'passed' });
});

test('a relay that was remembered gives way to UDP that works again', async () => {
  const { world, check } = setup();
  Object.assign(world, { way: 'relay', route: 'relay' });
  check.start();
  await run(15_000);
  expect(foundOf(check.trial.value).test).toMatchObject({ udp: 'passed', path: 'normal', route: 'relay' });
});

test('another profile that stands keeps: who tries UDP beside it has not tried its filter', async () => {
  const { world, check } = setup();
  world.way = 'active';
  check.start();
  await run(15_000);
  expect(world.tried).toEqual(['udp', 'tcp', 'tls']);
  expect(foundOf(check.trial.value).test.path).toBe('active');
});

test('nothing gets through, and nobody answers: said within the time', async () => {
  const { world, check } = setup();
  Object.assign(world, { ping: never, connected: false, probe: never });
  check.start();
  await run(45_000);
  expect(foundOf(check.trial.value)).toMatchObject({
    verdict: 'blocked',
    socketRoundTrip: null,
    test: { socket: 'failed', route: '', udp: 'untested', tcp: 'untested', tls: 'untested' },
  });
  expect(world.told).toEqual([]);
});

test('the slowest of all networks is done after 45 seconds', async () => {
  const { world, check } = setup();
  Object.assign(world, {
    ping: () => new Promise((resolve) => setTimeout(resolve, 3500)),
    way: 'active',
    connected: false,
    probe: never,
  });
  setTimeout(() => {
    world.connected = true;
  }, 11_500);
  check.start();
  await run(45_000);
  expect(foundOf(check.trial.value).test).toMatchObject({ socket: 'passed', route: 'udp', udp: 'untested' });
});

test('media finds no way, but a try does: that one will be used', async () => {
  const { world, check } = setup();
  Object.assign(world, { connected: false, ways: { udp: false, tcp: false, tls: true } });
  check.start();
  await run(15_000);
  expect(foundOf(check.trial.value)).toMatchObject({
    verdict: 'around',
    test: { path: 'relay', route: 'relay', rtt_ms: 0 },
  });
});

test('a socket that broke meanwhile makes a network shaky', async () => {
  const { world, check } = setup();
  check.start();
  await run(5000);
  world.sockets = 2;
  await run(10_000);
  expect(foundOf(check.trial.value)).toMatchObject({ verdict: 'shaky', test: { socket: 'failed' } });
});

test('a microphone that is on and hears nothing is told', async () => {
  const { world, check } = setup();
  world.level.value = 0.1;
  check.start();
  await run(15_000);
  expect(foundOf(check.trial.value).device?.microphone).toBe('silent');
});

test('stopped: nothing is found, what was running ends, and what was found before stays', async () => {
  const { world, check } = setup();
  check.start();
  await run(3000);
  check.stop();
  await run(20_000);
  expect(check.trial.value).toEqual({ state: 'idle' });
  expect(check.found.value).toBeNull();
  expect(world.told).toEqual(['rehearse', 'end']);
  check.start();
  await run(15_000);
  const { found } = check;
  const before = found.value;
  check.start();
  await run(500);
  check.stop();
  await run(20_000);
  expect(check.trial.value.state).toBe('done');
  expect(found.value).toBe(before);
});

const good: NetworkTest = {
  at: iso(0),
  socket: 'passed',
  udp: 'passed',
  tcp: 'passed',
  tls: 'passed',
  path: 'normal',
  route: 'udp',
  rtt_ms: 80,
  jitter_ms: 4,
  loss_up: 0,
  loss_down: 0,
  up_kbps: 2000,
  down_kbps: 2000,
};

test.each<[string, Partial<NetworkTest>, string]>([
  ['all is well', {}, 'good'],
  ['the server offers no TLS', { tls: 'untested' }, 'good'],
  ['rates are not known', { up_kbps: 0, down_kbps: 0 }, 'good'],
  ['TCP alone is shut', { tcp: 'failed', tls: 'failed' }, 'good'],
  ['UDP is shut', { udp: 'failed', route: 'tcp' }, 'around'],
  ['up is narrow', { up_kbps: 299 }, 'narrow'],
  ['down is narrow, over a way around', { udp: 'failed', down_kbps: 200 }, 'narrow'],
  ['much is lost', { loss_down: 0.06, up_kbps: 100 }, 'shaky'],
  ['no pictures', { path: 'audio', loss_up: 0.2 }, 'sound'],
  ['no way at all', { route: '', path: 'audio' }, 'blocked'],
])('the verdict when %s', (_name, over, verdict) => {
  expect(verdictOf({ ...good, ...over })).toBe(verdict);
});
