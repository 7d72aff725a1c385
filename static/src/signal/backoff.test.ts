import { expect, test } from 'vitest';
import { delayBefore } from './backoff';

test('the first try is almost at once', () => {
  expect(delayBefore(0, 0)).toBe(0);
  expect(delayBefore(0, 0.999)).toBeLessThanOrEqual(100);
});

test('delays grow and stay under eight seconds for ever', () => {
  let before = 0;
  for (let attempt = 0; attempt < 50; attempt++) {
    const middle = delayBefore(attempt, 0.5);
    expect(middle).toBeGreaterThanOrEqual(before);
    expect(delayBefore(attempt, 0.999)).toBeLessThan(8000);
    before = middle;
  }
});

test('a hall of browsers does not come back in one instant', () => {
  const delays = Array.from({ length: 100 }, (_, i) => delayBefore(2, i / 100));
  expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(400);
});

test('the server may ask for more patience', () => {
  expect(delayBefore(0, 0, 3000)).toBe(3000);
  expect(delayBefore(6, 0, 100)).toBeGreaterThan(100);
});
