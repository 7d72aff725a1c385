import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Slot } from '../protocol/types';
import { Pictures } from './pictures';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const slot = (n: number, participant: string): Slot => ({
  slot: n,
  kind: 'person',
  participant,
  paused: false,
  hold_ms: 0,
});

function setup() {
  const frames = new Map<number, number>();
  const shown = new Map<number, string>();
  const waited = new Map<number, number>();
  const open = () =>
    new Pictures({
      emitted: async (n) => ({ frames: frames.get(n) ?? 0, waited: waited.get(n) ?? 0 }),
      shown,
    });
  return { frames, waited, pictures: open(), open };
}

test('a slot that never showed anybody is right at once', () => {
  const { pictures } = setup();
  pictures.update([slot(0, 'a')]);
  expect(pictures.isReady(0, 'a')).toBe(true);
});

test("the last frame of the one before is never seen under another's name", async () => {
  const { frames, pictures } = setup();
  frames.set(0, 500);
  pictures.update([slot(0, 'a')]);
  pictures.update([slot(0, 'b')]);
  expect(pictures.isReady(0, 'b')).toBe(false);
  frames.set(0, 502); // still on their way when the map arrived
  await vi.advanceTimersByTimeAsync(1000);
  expect(pictures.isReady(0, 'b')).toBe(false);
  frames.set(0, 503);
  await vi.advanceTimersByTimeAsync(100);
  expect(pictures.isReady(0, 'b')).toBe(true);
});

test('frames of the one before that are held back are waited for, too', async () => {
  const { frames, pictures } = setup();
  frames.set(0, 500);
  pictures.update([{ ...slot(0, 'a'), hold_ms: 900 }]);
  pictures.update([slot(0, 'b')]);
  for (let n = 501; n < 512; n += 1) {
    await vi.advanceTimersByTimeAsync(80); // they are shown one after the other
    frames.set(0, n);
  }
  expect(pictures.isReady(0, 'b')).toBe(false);
  await vi.advanceTimersByTimeAsync(1000);
  expect(pictures.isReady(0, 'b')).toBe(false);
  frames.set(0, 512);
  await vi.advanceTimersByTimeAsync(100);
  expect(pictures.isReady(0, 'b')).toBe(true);
});

test('a slot that was free in between is no fresh one', () => {
  const { pictures } = setup();
  pictures.update([slot(0, 'a')]);
  pictures.update([]);
  pictures.update([slot(0, 'b')]);
  expect(pictures.isReady(0, 'b')).toBe(false);
});

test('a map that says the same again changes nothing', () => {
  const { pictures } = setup();
  pictures.update([slot(0, 'a')]);
  pictures.update([slot(0, 'a'), slot(1, 'b')]);
  expect(pictures.isReady(0, 'a')).toBe(true);
});

test('who comes back into the slot that showed nobody else since is right at once', () => {
  const { pictures } = setup();
  pictures.update([slot(0, 'a')]);
  pictures.update([]);
  pictures.update([slot(0, 'a')]);
  expect(pictures.isReady(0, 'a')).toBe(true);
});

test('a map that repeats itself does not cut the waiting short', async () => {
  const { frames, pictures } = setup();
  pictures.update([slot(0, 'a')]);
  pictures.update([slot(0, 'b')]);
  pictures.update([slot(0, 'b')]);
  expect(pictures.isReady(0, 'b')).toBe(false);
  await vi.advanceTimersByTimeAsync(300);
  frames.set(0, 1);
  await vi.advanceTimersByTimeAsync(100);
  expect(pictures.isReady(0, 'b')).toBe(true);
});

test('a new PeerConnection starts with empty slots', () => {
  const { pictures } = setup();
  pictures.update([slot(0, 'a')]);
  pictures.reset();
  pictures.update([slot(0, 'b')]);
  expect(pictures.isReady(0, 'b')).toBe(true);
});

test('in the next room a slot proves anew whom it shows, though it be the same person', async () => {
  const { frames, pictures, open } = setup();
  pictures.update([slot(0, 'a')]);
  pictures.leave();
  const next = open();
  frames.set(0, 500);
  next.update([slot(0, 'a'), slot(1, 'b')]);
  expect(next.isReady(0, 'a')).toBe(false);
  expect(next.isReady(1, 'b')).toBe(true);
  await vi.advanceTimersByTimeAsync(300);
  frames.set(0, 510);
  await vi.advanceTimersByTimeAsync(100);
  expect(next.isReady(0, 'a')).toBe(true);
});

test('frames that a busy page held for long are of the one before, whenever they come out', async () => {
  const { frames, waited, pictures } = setup();
  frames.set(0, 500);
  pictures.update([slot(0, 'a')]);
  pictures.update([slot(0, 'b')]);
  await vi.advanceTimersByTimeAsync(400);
  frames.set(0, 502); // arrived before the change
  waited.set(0, 2 * 600);
  await vi.advanceTimersByTimeAsync(100);
  expect(pictures.isReady(0, 'b')).toBe(false);
  frames.set(0, 504);
  waited.set(0, 2 * 600 + 2 * 100);
  await vi.advanceTimersByTimeAsync(100);
  expect(pictures.isReady(0, 'b')).toBe(true);
});

test('who takes turns in a slot is waited for from the last turn on', async () => {
  const { frames, pictures } = setup();
  frames.set(0, 500);
  pictures.update([slot(0, 'a')]);
  pictures.update([slot(0, 'b')]);
  await vi.advanceTimersByTimeAsync(150);
  pictures.update([slot(0, 'a')]);
  pictures.update([slot(0, 'b')]);
  await vi.advanceTimersByTimeAsync(100); // the first turn's wait is over, not the last one's
  frames.set(0, 501);
  await vi.advanceTimersByTimeAsync(70);
  expect(pictures.isReady(0, 'b')).toBe(false);
});
