import { expect, test } from 'vitest';
import type { Place } from './arrange';
import { shownOf } from './shown';

const place = (key: string, size: string, slot: number | null) =>
  ({ key, size, tile: { key, slot } }) as unknown as Place;
const rect = (width: number, height: number) => ({ x: 0, y: 0, width, height });

test('every slot in its size; oneself and who is absent have none', () => {
  const absent = { key: 'absent-firm', size: 'large', role: 'firm', name: 'F' } as Place;
  const places = [absent, place('a', 'large', 0), place('b', 'small', 1), place('self', 'self', null)];
  expect(shownOf(places, [rect(9, 9), rect(800, 600), rect(320, 180), rect(320, 180)], 'a')).toEqual([
    { slot: 0, width: 800, height: 600, fills: false, focused: true },
    { slot: 1, width: 320, height: 180, fills: true, focused: false },
  ]);
});

test('a very narrow tile is filled, whoever stands in it', () => {
  expect(shownOf([place('a', 'large', 0)], [rect(192, 400)], null)[0]?.fills).toBe(true);
});
