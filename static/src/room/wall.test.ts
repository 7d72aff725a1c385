import { signal } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { MediaSlot } from '../media/slots';
import { Refused, Unreachable } from '../protocol/failure';
import type { ShowRooms, Wall, WallSlot } from '../protocol/types';
import type { PathView } from './path';
import { RoomsWall } from './wall';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const run = (ms: number) => vi.advanceTimersByTimeAsync(ms);

function setup() {
  const world = {
    reachable: true,
    opened: 0,
    asked: [] as ShowRooms[],
    answer: (async () => ({ seq: 1, slots: [] })) as (show: ShowRooms) => Promise<Wall>,
    painted: new Map<number, number>(),
    media: true,
  };
  const path = signal<PathView>({ state: 'none' });
  const cameras = signal<ReadonlySet<string>>(new Set(['a/firm', 'a/buyer', 'b/firm']));
  const pictures = [0, 1, 2].map((n) => ({ id: `picture ${n}` }) as MediaStream);
  const slots = pictures.map(
    (picture, slot): MediaSlot => ({
      slot,
      audio: null,
      sound: null,
      picture,
      video: {
        getSynchronizationSources: () => [{ timestamp: world.painted.get(slot) ?? 0 }],
      } as unknown as RTCRtpReceiver,
    }),
  );
  const wall = new RoomsWall({
    ask: (show) => {
      world.asked.push(show);
      return world.answer(show);
    },
    reachable: () => world.reachable,
    openMedia: () => {
      world.opened += 1;
    },
    path,
    slots: () => (world.media ? slots : []),
    cameras,
  });
  const seen = () => [...wall.pictures.value].map(([seat, picture]) => `${seat}: ${picture.id}`);
  return { wall, world, path, cameras, seen };
}

const at = (slot: number, seat: string): WallSlot => ({ slot, consultation: seat.slice(0, 1), seat });

test('no PeerConnection is made and nothing is asked before a room is on the screen', async () => {
  const { wall, world } = setup();
  wall.show([], null);
  await run(1000);
  expect([world.opened, world.asked.length, wall.state.value]).toEqual([0, 0, 'off']);
  wall.show(['a'], null);
  expect([world.opened, wall.state.value]).toEqual([1, 'connecting']);
});

test('scrolling is told a few times a second, and the last of it is what counts', async () => {
  const { wall, world } = setup();
  for (let i = 0; i < 10; i++) {
    wall.show([`r${i}`], null);
    await run(20);
  }
  await run(200);
  expect(world.asked.map(({ rooms }) => rooms[0])).toEqual(['r7', 'r9']);
});

test('the same again is not told again', async () => {
  const { wall, world } = setup();
  wall.show(['a', 'b'], 'b');
  await run(200);
  wall.show(['a', 'b'], 'b');
  await run(200);
  expect(world.asked).toEqual([{ rooms: ['a', 'b'], large: 'b' }]);
});

test('one question at a time; what was wished for meanwhile follows', async () => {
  const { wall, world } = setup();
  let reply = (_: Wall) => {};
  world.answer = () => new Promise((resolve) => (reply = resolve));
  wall.show(['a'], null);
  await run(200);
  wall.show(['b'], null);
  await run(400);
  expect(world.asked).toHaveLength(1);
  reply({ seq: 1, slots: [] });
  await run(0);
  expect(world.asked.map(({ rooms }) => rooms[0])).toEqual(['a', 'b']);
});

test("a slot that goes to another person shows nobody until that person's frames have come", async () => {
  const { wall, world, seen } = setup();
  world.answer = async () => ({ seq: 1, slots: [at(0, 'a/firm'), at(1, 'a/buyer')] });
  wall.show(['a'], null);
  await run(200);
  expect(seen()).toEqual(['a/firm: picture 0', 'a/buyer: picture 1']);
  world.painted.set(0, 100);
  wall.learn([at(0, 'b/firm'), at(1, 'a/buyer')]);
  expect(seen()).toEqual(['a/buyer: picture 1']);
  world.painted.set(0, 130); // of the one before, still on its way
  await run(1000);
  expect(seen()).toEqual(['a/buyer: picture 1']);
  world.painted.set(0, 170);
  await run(100);
  expect(seen()).toEqual(['b/firm: picture 0', 'a/buyer: picture 1']);
});

test('a camera that is off has no picture, though its slot is kept', async () => {
  const { wall, world, cameras, seen } = setup();
  world.answer = async () => ({ seq: 1, slots: [at(0, 'a/firm')] });
  wall.show(['a'], null);
  await run(200);
  cameras.value = new Set();
  expect(seen()).toEqual([]);
  cameras.value = new Set(['a/firm']);
  expect(seen()).toEqual(['a/firm: picture 0']);
});

test('after a lost session the server is told anew what is on the screen', async () => {
  const { wall, world, seen } = setup();
  world.answer = async () => ({ seq: 1, slots: [at(0, 'a/firm')] });
  wall.show(['a'], null);
  await run(200);
  wall.sessionLost();
  expect(seen()).toEqual([]);
  wall.mediaRenewed();
  wall.sessionUp();
  await run(0);
  expect(world.asked).toHaveLength(2);
  expect(seen()).toEqual(['a/firm: picture 0']);
});

test('while nothing answers nothing is asked; a refusal is tried again', async () => {
  const { wall, world } = setup();
  world.reachable = false;
  wall.show(['a'], null);
  await run(2000);
  expect(world.asked).toHaveLength(0);
  world.reachable = true;
  world.answer = async () => {
    throw new Refused({ code: 'rate_limited', retry_after_ms: 3000 });
  };
  wall.sessionUp();
  await run(2900);
  expect(world.asked).toHaveLength(1);
  world.answer = async () => {
    throw new Unreachable('gone');
  };
  await run(200);
  expect(world.asked).toHaveLength(2);
  await run(60_000);
  expect(world.asked).toHaveLength(2); // the session's return asks
});

test('its state follows the path', () => {
  const { wall, path } = setup();
  wall.show(['a'], null);
  path.value = { state: 'connected' };
  expect(wall.state.value).toBe('on');
  path.value = { state: 'interrupted' };
  expect(wall.state.value).toBe('connecting');
  path.value = { state: 'hopeless' };
  expect(wall.state.value).toBe('failed');
});
