import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Uplink } from '../media/uplink';
import { CameraRest } from './camerarest';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const wide: Uplink = { estimate: 1_500_000, starved: false };
const narrow: Uplink = { estimate: 90_000, starved: false };

function setup() {
  const world = { open: true, soundOnly: false, slow: false, uplink: wide };
  const log: string[] = [];
  const began = performance.now();
  const camera = new CameraRest({
    open: () => world.open,
    soundOnly: () => world.soundOnly,
    uplink: async () => world.uplink,
    slow: () => world.slow,
    rest: (on) => log.push(`${on ? 'rests' : 'sends'} ${Math.round((performance.now() - began) / 1000)}`),
    monotonic: () => performance.now(),
  });
  return { camera, world, log, pass: (s: number) => vi.advanceTimersByTimeAsync(s * 1000) };
}

test('a wide line is left alone', async () => {
  const { camera, log, pass } = setup();
  camera.start();
  await pass(120);
  expect(log).toEqual([]);
});

test('a line that stays too narrow for three seconds rests the camera; a moment of it does not', async () => {
  const { camera, world, log, pass } = setup();
  camera.start();
  await pass(10);
  world.uplink = narrow;
  await pass(2);
  world.uplink = wide;
  await pass(5);
  expect(log).toEqual([]);
  world.uplink = narrow;
  await pass(5);
  expect(log).toEqual(['rests 21']);
  expect(camera.resting.value).toBe(true);
});

test('it tries again after 10, 20, 40 and then every 60 seconds', async () => {
  const { camera, world, log, pass } = setup();
  world.uplink = narrow;
  camera.start();
  await pass(260);
  const rests = log.filter((l) => l.startsWith('rests')).map((l) => Number(l.split(' ')[1]));
  const sends = log.filter((l) => l.startsWith('sends')).map((l) => Number(l.split(' ')[1]));
  expect(sends.slice(0, 5).map((at, i) => at - (rests[i] ?? 0))).toEqual([10, 20, 40, 60, 60]);
});

test('a line that got better keeps its picture, and the next trouble begins with the short wait', async () => {
  const { camera, world, log, pass } = setup();
  world.uplink = narrow;
  camera.start();
  await pass(35); // rests, tries, rests
  world.uplink = wide;
  await pass(60);
  expect(camera.resting.value).toBe(false);
  const before = log.length;
  world.uplink = narrow;
  await pass(15);
  const [rests, sends] = log.slice(before).map((l) => Number(l.split(' ')[1]));
  expect((sends ?? 0) - (rests ?? 0)).toBe(10);
});

test('pictures without motion for want of bandwidth rest, too: some browsers tell no estimate', async () => {
  const { camera, world, log, pass } = setup();
  camera.start();
  await pass(10);
  world.uplink = { estimate: null, starved: true };
  await pass(4);
  expect(log).toEqual([]);
  await pass(4);
  expect(log).toEqual(['rests 16']);
});

test('an interruption is no narrow line: what is judged begins anew after it', async () => {
  const { camera, world, log, pass } = setup();
  camera.start();
  await pass(10);
  world.open = false;
  await pass(10);
  world.uplink = narrow; // an estimate begins low
  world.open = true;
  await pass(5);
  world.uplink = wide;
  await pass(20);
  expect(log).toEqual([]);
});

test('on a network that the system calls very slow the voice comes first, and the picture is tried after that', async () => {
  const { camera, world, log, pass } = setup();
  world.slow = true;
  camera.start();
  await pass(30);
  expect(log).toEqual(['rests 0', 'sends 10']);
});

test('a path for sound alone has no pictures, however wide it is', async () => {
  const { camera, world, log, pass } = setup();
  world.soundOnly = true;
  camera.start();
  await pass(60);
  expect(log).toEqual(['rests 0']);
  world.soundOnly = false;
  await pass(2);
  expect(log).toEqual(['rests 0', 'sends 61']);
});

test('out of the room nothing rests', async () => {
  const { camera, world, log, pass } = setup();
  world.slow = true;
  camera.start();
  camera.stop();
  await pass(60);
  expect(log).toEqual(['rests 0', 'sends 0']);
});
