import { expect, test } from 'vitest';
import { holdSlots } from './hold';
import type { MediaSlot } from './slots';

const receiver = () => ({ jitterBufferTarget: null as number | null });

test('picture and voice of a slot are held together, and let go when nothing is told of it any more', () => {
  const places = [0, 1].map((slot) => ({ slot, audio: receiver(), video: receiver() }));
  const old = { slot: 2, audio: {}, video: null };
  const media = [...places, old] as unknown as MediaSlot[];
  const targets = () =>
    places.map(({ audio, video }) => [audio.jitterBufferTarget, video.jitterBufferTarget]);

  holdSlots(media, [
    { slot: 0, hold_ms: 350 },
    { slot: 1, hold_ms: 0 },
    { slot: 2, hold_ms: 350 },
  ]);
  expect(targets()).toEqual([
    [350, 350],
    [null, null],
  ]);
  expect(old.audio).toEqual({});
  holdSlots(media, [{ slot: 1, hold_ms: 600 }]);
  expect(targets()).toEqual([
    [null, null],
    [600, 600],
  ]);
});
