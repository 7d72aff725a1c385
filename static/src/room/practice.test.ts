import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { MediaSlot } from '../media/slots';
import { Refused } from '../protocol/failure';
import { Rehearsal } from './practice';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const run = (ms: number) => vi.advanceTimersByTimeAsync(ms);

function setup() {
  const world = { told: [] as string[], audio: 100, frames: 50, fail: null as Error | null };
  const receiver = (values: () => object) => ({
    getStats: async () => new Map([['x', { type: 'inbound-rtp', ...values() }]]),
  });
  const slot = {
    slot: 0,
    audio: receiver(() => ({ packetsReceived: world.audio })),
    video: receiver(() => ({ packetsReceived: 1, framesDecoded: world.frames })),
    picture: { id: 'mine' },
  } as unknown as MediaSlot;
  const rehearsal = new Rehearsal({
    practise: async () => {
      if (world.fail) throw world.fail;
      return { seq: 1, slots: [] };
    },
    tellLeave: () => world.told.push('leave'),
    send: (on) => world.told.push(on ? 'send' : 'silent'),
    slots: () => [slot],
    playSound: () => world.told.push('play'),
    codeOf: (error) => (error instanceof Refused ? error.code : null),
  });
  return { world, rehearsal };
}

test('picture and voice count as back when something new has come', async () => {
  const { world, rehearsal } = setup();
  rehearsal.start();
  expect(rehearsal.practice.value).toEqual({ state: 'starting' });
  await run(400);
  expect(rehearsal.practice.value).toMatchObject({ state: 'on', pictureOn: false, soundOn: false });
  expect(world.told).toEqual(['send', 'play']);
  world.frames += 1;
  await run(300);
  expect(rehearsal.practice.value).toMatchObject({ pictureOn: true, soundOn: false });
  world.audio += 5;
  await run(300);
  expect(rehearsal.practice.value).toMatchObject({ pictureOn: true, soundOn: true });
});

test('stop is told before anything that follows it', async () => {
  const { world, rehearsal } = setup();
  rehearsal.start();
  await run(0);
  rehearsal.practice.subscribe(({ state }) => world.told.push(state));
  rehearsal.stop();
  expect(world.told).toEqual(['send', 'play', 'on', 'silent', 'leave', 'off']);
  rehearsal.stop();
  expect(world.told.filter((t) => t === 'leave')).toHaveLength(1);
});

test('what the server would not do is told with its reason', async () => {
  const { world, rehearsal } = setup();
  world.fail = new Refused({ code: 'unavailable' });
  rehearsal.start();
  await run(0);
  expect(rehearsal.practice.value).toEqual({ state: 'failed', code: 'unavailable' });
  expect(rehearsal.busy).toBe(false);
});

test('an answer that comes after going into a room begins nothing', async () => {
  const { world, rehearsal } = setup();
  rehearsal.start();
  rehearsal.forget();
  await run(1000);
  expect(rehearsal.practice.value).toEqual({ state: 'off' });
  expect(world.told).toEqual([]);
});

test('a new PeerConnection is practised with as before', async () => {
  const { world, rehearsal } = setup();
  rehearsal.mediaRenewed();
  expect(world.told).toEqual([]);
  rehearsal.start();
  await run(0);
  rehearsal.mediaRenewed();
  expect(world.told).toEqual(['send', 'play', 'send']);
});
