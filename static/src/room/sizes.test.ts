import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Tiles } from '../protocol/types';
import { pictureHeight, type Shown, TileSizes, tilesOf } from './sizes';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const tile = (slot: number, height: number, over: Partial<Shown> = {}): Shown => ({
  slot,
  width: (height * 16) / 9,
  height,
  fills: false,
  focused: false,
  ...over,
});

test.each([
  [40, 1, 90],
  [108, 1, 90],
  [109, 1, 180],
  [216, 1, 180],
  [217, 1, 360],
  [432, 1, 360],
  [433, 1, 720],
  [2000, 1, 720],
  [180, 2, 360],
])('a picture of %d lines at density %d needs %d', (height, density, want) => {
  expect(pictureHeight(tile(0, height), density)).toBe(want);
});

test('the whole picture in an upright tile is as low as the tile is narrow; one that fills it is cut', () => {
  const upright = tile(0, 600, { width: 320 });
  expect(pictureHeight(upright, 1)).toBe(180);
  expect(pictureHeight({ ...upright, fills: true }, 1)).toBe(720);
});

test('R67: all slots that are laid out are told, and which one is looked at', () => {
  expect(tilesOf([tile(3, 180), tile(1, 720, { focused: true }), tile(2, 0)], 1)).toEqual({
    sizes: [
      { slot: 1, height: 720 },
      { slot: 3, height: 180 },
    ],
    focused: 1,
  });
});

function setup() {
  const told: Tiles[] = [];
  const world = { fails: false };
  const sizes = new TileSizes({
    density: () => 1,
    tell: async (tiles) => {
      if (world.fails) throw new Error('no socket');
      told.push(tiles);
    },
  });
  return { sizes, told, world };
}

test('R67: a window that is dragged is told twice a second at most, and its end always', async () => {
  const { sizes, told } = setup();
  for (let height = 100; height < 800; height += 10) {
    sizes.set([tile(0, height)]);
    await vi.advanceTimersByTimeAsync(20);
  }
  expect(told.length).toBeGreaterThan(0); // not only when it has come to rest
  await vi.advanceTimersByTimeAsync(1000);
  expect(told.length).toBeLessThanOrEqual(4);
  expect(told.at(-1)).toEqual({ sizes: [{ slot: 0, height: 720 }] });
});

test('what makes no difference is not told', async () => {
  const { sizes, told } = setup();
  sizes.set([tile(0, 300)]);
  await vi.advanceTimersByTimeAsync(600);
  sizes.set([tile(0, 320)]);
  await vi.advanceTimersByTimeAsync(600);
  expect(told).toHaveLength(1);
});

test('another session hears it again, and so does one that was out of reach', async () => {
  const { sizes, told, world } = setup();
  world.fails = true;
  sizes.set([tile(0, 300)]);
  await vi.advanceTimersByTimeAsync(600);
  expect(told).toHaveLength(0);
  world.fails = false;
  sizes.retell();
  await vi.advanceTimersByTimeAsync(600);
  sizes.retell();
  await vi.advanceTimersByTimeAsync(600);
  expect(told).toHaveLength(2);
});

test('who has left the room tells nothing more', async () => {
  const { sizes, told } = setup();
  sizes.set([tile(0, 300)]);
  sizes.stop();
  sizes.set([tile(0, 600)]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(told).toHaveLength(0);
});
