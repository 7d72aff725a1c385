import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Unreachable } from '../protocol/failure';
import type { IceServer, ProbeRoute } from '../protocol/types';
import { type Way, WayProbe } from './wayprobe';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const relays: IceServer[] = [
  { urls: ['turn:hall.example:443?transport=tcp'], username: 'u1', credential: 'c1' },
  {
    urls: ['turns:hall.example:443?transport=tcp', 'turn:hall.example:3478'],
    username: 'u2',
    credential: 'c2',
  },
];

function setup() {
  const world = {
    servers: relays,
    made: [] as { servers: readonly IceServer[]; relayed: boolean }[],
    asked: [] as ProbeRoute[],
    closed: 0,
    accepted: '',
    answer: () => Promise.resolve({ answer: 'v=answer' }),
    connects: true as boolean | 'never',
  };
  const ways = new WayProbe({
    servers: () => world.servers,
    make: (servers, relayed) => {
      world.made.push({ servers, relayed });
      return {
        offer: async () => 'v=offer',
        accept: async (answer) => {
          world.accepted = answer;
        },
        connected: () =>
          world.connects === 'never' ? new Promise(() => undefined) : Promise.resolve(world.connects),
        close: () => {
          world.closed += 1;
        },
      };
    },
    ask: ({ route }) => {
      world.asked.push(route);
      return world.answer();
    },
  });
  const abort = new AbortController();
  const tryIt = (way: Way) => ways.try(way, 6000, abort.signal);
  return { world, tryIt, abort };
}

test.each(['udp', 'tcp'] as const)('%s is tried with no relay at hand, on its own route', async (way) => {
  const { world, tryIt } = setup();
  expect(await tryIt(way)).toBe(true);
  expect(world.made).toEqual([{ servers: [], relayed: false }]);
  expect(world.asked).toEqual([way]);
  expect(world.accepted).toBe('v=answer');
  expect(world.closed).toBe(1);
});

test('TLS is tried by the relay alone, and of its addresses by that one', async () => {
  const { world, tryIt } = setup();
  expect(await tryIt('tls')).toBe(true);
  expect(world.made).toEqual([
    { servers: [{ ...relays[1], urls: ['turns:hall.example:443?transport=tcp'] }], relayed: true },
  ]);
  expect(world.asked).toEqual(['udp']);
});

test('a server without TLS cannot be tried so', async () => {
  const { world, tryIt } = setup();
  world.servers = relays.slice(0, 1);
  expect(await tryIt('tls')).toBeNull();
  expect(world.made).toEqual([]);
});

test('what does not connect is shut', async () => {
  const { world, tryIt } = setup();
  world.connects = false;
  expect(await tryIt('udp')).toBe(false);
  expect(world.closed).toBe(1);
});

test('what nobody answers has not been tried', async () => {
  const { world, tryIt } = setup();
  world.answer = () => Promise.reject(new Unreachable('no socket'));
  expect(await tryIt('udp')).toBeNull();
  expect(world.closed).toBe(1);
});

test('stopped in between, it closes at once', async () => {
  const { world, tryIt, abort } = setup();
  world.connects = 'never';
  const tried = tryIt('tcp');
  await vi.advanceTimersByTimeAsync(1000);
  abort.abort();
  expect(await tried).toBeNull();
  expect(world.closed).toBeGreaterThan(0);
});
