import { expect, test } from 'vitest';
import { Pulse } from './pulse';

/** Feeds a pulse every 250 ms until a time; `comes` tells at which of these a packet has come. */
function feed(pulse: Pulse, until: number, comes: (at: number) => boolean): void {
  let count = 1;
  for (let at = 0; at <= until; at += 250) {
    if (comes(at)) count += 1;
    pulse.beat(at, count);
  }
}

test('silence after lively packets is told, and for how long', () => {
  const pulse = new Pulse();
  feed(pulse, 6000, (at) => at <= 5000);
  expect(pulse.lively).toBe(true);
  expect(pulse.quiet(6000)).toBe(1000);
});

test('a path on which little is said is never lively', () => {
  const pulse = new Pulse();
  feed(pulse, 20_000, (at) => at % 2500 === 0);
  expect(pulse.lively).toBe(false);
});

test('sleep is no silence: what was lively is, and has been quiet only since', () => {
  const pulse = new Pulse();
  feed(pulse, 5000, () => true);
  pulse.beat(65_000, 22);
  expect(pulse.quiet(65_000)).toBeLessThan(500);
  pulse.beat(65_250, 22);
  pulse.beat(65_500, 22);
  expect(pulse.lively).toBe(true);
  expect(pulse.quiet(65_500)).toBe(500);
});

test('what came after a sleep does not count as a gap', () => {
  const pulse = new Pulse();
  feed(pulse, 5000, () => true);
  pulse.beat(65_000, 100);
  expect(pulse.lively).toBe(true);
});

test('another path begins anew', () => {
  const pulse = new Pulse();
  feed(pulse, 5000, () => true);
  pulse.reset();
  expect(pulse.lively).toBe(false);
  expect(pulse.quiet(9000)).toBe(0);
});

test('when something came for the last time is told by the clock, sleep or not', () => {
  const pulse = new Pulse();
  feed(pulse, 5000, () => true);
  pulse.beat(65_000, 22);
  expect(pulse.heardAt).toBe(5000);
});
