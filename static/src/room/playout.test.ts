import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Stat } from '../media/diagnose';
import type { MediaSlot } from '../media/slots';
import { type Hold, holdOf, Playout, type Trouble, unheld } from './playout';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const calm: Trouble = { repairs: 0, freezes: 0 };
const late: Trouble = { repairs: 4, freezes: 1 };

/** The targets after each second of these troubles. */
function run(troubles: Trouble[], roundTrip = 1): (number | null)[] {
  let hold: Hold = unheld;
  return troubles.map((trouble, i) => {
    hold = holdOf(hold, trouble, roundTrip, 10_000 + i * 1000);
    return hold.target;
  });
}

const times = (n: number, trouble: Trouble) => Array.from({ length: n }, () => trouble);

test('pictures that stop for repairs are held, longer as long as they go on stopping, and no longer than that', () => {
  expect(run(times(12, late))).toEqual([400, 400, 500, 500, 600, 600, 700, 700, 700, 700, 700, 700]);
});

test('a long way to us is waited for at once', () => {
  expect(run([late], 350)).toEqual([450]);
});

test('repairs that come in time change nothing, nor does a picture that stands still by itself', () => {
  expect(run(times(20, { repairs: 9, freezes: 0 })).at(-1)).toBeNull();
  expect(run(times(20, { repairs: 0, freezes: 1 })).at(-1)).toBeNull();
});

test('after half a minute of calm the hold is taken back, step by step', () => {
  const targets = run([late, calm, late, ...times(75, calm)]);
  expect(targets[2]).toBe(500);
  expect(targets[31]).toBe(500);
  expect(targets[33]).toBe(400);
  expect(targets[44]).toBeNull();
});

test('a line that goes on losing keeps its hold, though nothing stops any more', () => {
  expect(run([late, ...times(300, { repairs: 5, freezes: 0 })]).at(-1)).toBe(400);
});

test('picture and voice of one person are held together, those of another are not, and out of the room nothing is', async () => {
  const receiver = (id: string) => ({ track: { id }, jitterBufferTarget: null as number | null });
  const places = [0, 1].map((slot) => ({ slot, audio: receiver(`a${slot}`), video: receiver(`v${slot}`) }));
  let second = 0;
  const video = (n: number, lossy: boolean): Stat => ({
    id: `in${n}`,
    type: 'inbound-rtp',
    kind: 'video',
    timestamp: 0,
    trackIdentifier: `v${n}`,
    nackCount: lossy ? 3 * second : 0,
    freezeCount: lossy ? second : 0,
  });
  const playout = new Playout({
    slots: () => places as unknown as MediaSlot[],
    stats: async () => {
      second += 1;
      return [video(0, true), video(1, false)];
    },
    roundTrip: () => 250,
    monotonic: () => performance.now() + 10_000,
  });
  const targets = () =>
    places.map(({ audio, video: picture }) => [audio.jitterBufferTarget, picture.jitterBufferTarget]);
  playout.start();
  await vi.advanceTimersByTimeAsync(2100);
  expect(targets()).toEqual([
    [400, 400],
    [null, null],
  ]);
  playout.stop();
  expect(targets()).toEqual([
    [null, null],
    [null, null],
  ]);
});
