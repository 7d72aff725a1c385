import { expect, test } from 'vitest';
import { Watchdog } from './flow';
import { loudness } from './level';

const count = (slot: number, packets: number) => ({ slot, packets, audioPackets: 0, frames: 0 });

test('a path that carries nothing of anybody is found after the patience', () => {
  const dog = new Watchdog(6000);
  expect(dog.read(0, [count(0, 10), count(1, 5)])).toBe(false);
  expect(dog.read(2000, [count(0, 10), count(1, 5)])).toBe(false);
  expect(dog.read(6000, [count(0, 10), count(1, 5)])).toBe(false);
  expect(dog.read(8000, [count(0, 10), count(1, 5)])).toBe(true);
});

test('one silent person is not the path', () => {
  const dog = new Watchdog(6000);
  for (let at = 0; at <= 60_000; at += 2000) {
    expect(dog.read(at, [count(0, 10), count(1, at)])).toBe(false);
  }
});

test('nobody to be heard is no trouble, and newcomers get their time', () => {
  const dog = new Watchdog(6000);
  for (let at = 0; at <= 60_000; at += 2000) expect(dog.read(at, [])).toBe(false);
  expect(dog.read(62_000, [count(0, 0)])).toBe(false);
  expect(dog.read(64_000, [count(0, 0)])).toBe(false);
  expect(dog.read(70_000, [count(0, 0)])).toBe(true);
});

test('the level is nothing in silence and full at a loud voice', () => {
  expect(loudness(new Float32Array(512))).toBe(0);
  expect(loudness(new Float32Array(512).fill(0.9))).toBe(1);
  const soft = loudness(new Float32Array(512).fill(0.01));
  expect(soft).toBeGreaterThan(0.2);
  expect(soft).toBeLessThan(0.6);
});
