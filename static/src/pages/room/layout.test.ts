import { expect, test } from 'vitest';
import type { Size } from './arrange';
import { layout, type Rect } from './layout';

const desktop = { width: 1334, height: 600 };
const phone = { width: 344, height: 560 };

function overlap(a: Rect, b: Rect): boolean {
  return (
    a.x < b.x + b.width - 1 && b.x < a.x + a.width - 1 && a.y < b.y + b.height - 1 && b.y < a.y + a.height - 1
  );
}

function rooms(): Size[][] {
  const all: Size[][] = [];
  for (const stage of [0, 1])
    for (let large = 0; large <= 6; large++)
      for (let small = 0; small <= 4; small++)
        all.push([
          ...Array<Size>(stage).fill('stage'),
          ...Array<Size>(large).fill('large'),
          ...Array<Size>(small).fill('small'),
          'self',
        ]);
  return all;
}

test('no two tiles overlap and none leaves the box, for every room of up to eleven places', () => {
  for (const box of [desktop, phone, { width: 1880, height: 860 }, { width: 700, height: 260 }]) {
    for (const sizes of rooms()) {
      const rects = layout(box, sizes);
      rects.forEach((rect, index) => {
        expect(rect.x, sizes.join()).toBeGreaterThanOrEqual(-1);
        expect(rect.y, sizes.join()).toBeGreaterThanOrEqual(-1);
        expect(rect.x + rect.width).toBeLessThanOrEqual(box.width + 1);
        expect(rect.y + rect.height).toBeLessThanOrEqual(box.height + 1);
        for (const other of rects.slice(index + 1)) expect(overlap(rect, other), sizes.join()).toBe(false);
      });
    }
  }
});

test('firm and buyer are equal in size', () => {
  for (const box of [desktop, phone]) {
    const [a, b] = layout(box, ['large', 'large', 'small', 'self']);
    expect([a?.width, a?.height]).toEqual([b?.width, b?.height]);
  }
});

test('an interpreter who joins moves nobody', () => {
  for (const box of [desktop, phone]) {
    const before = layout(box, ['large', 'self']);
    const after = layout(box, ['large', 'small', 'self']);
    expect(after[0]).toEqual(before[0]);
    expect(after[2]).toEqual(before[1]);
  }
});

test('large tiles are larger than small ones', () => {
  for (const box of [desktop, phone]) {
    const [large, , small] = layout(box, ['large', 'large', 'small', 'self']);
    expect(large?.width).toBeGreaterThan(small?.width ?? 0);
  }
});

test('a box that is not measured yet shows nothing', () => {
  expect(layout({ width: 0, height: 0 }, ['large'])).toEqual([{ x: 0, y: 0, width: 0, height: 0 }]);
});
