import { expect, test } from 'vitest';
import { audioCount, cameraEncodings, pairCount, sectionsOf, sendOrder, videoCodecs } from './layout';

test('the slots take every receiving section once, in order', () => {
  const taken = Array.from({ length: pairCount + audioCount }, (_, slot) => sectionsOf(slot)).flatMap(
    ({ audio, video }) => (video === null ? [audio] : [audio, video]),
  );
  const sections = sendOrder.length + 2 * pairCount + audioCount;
  expect(taken).toEqual(Array.from({ length: sections - 4 }, (_, i) => i + 4));
  expect(sections).toBe(22);
});

test('camera layers go from low to high, each twice the size of the one before', () => {
  expect(cameraEncodings.map((e) => e.rid)).toEqual(['q', 'h', 'f']);
  expect(cameraEncodings.map((e) => e.scaleResolutionDownBy)).toEqual([4, 2, 1]);
});

test('pictures are VP8 with its repair, whatever else is offered', () => {
  const codecs = ['video/H264', 'video/rtx', 'video/VP8', 'video/VP9', 'video/red'].map((mimeType) => ({
    mimeType,
  }));
  expect(videoCodecs(codecs).map((c) => c.mimeType)).toEqual(['video/VP8', 'video/rtx']);
});

test('a browser that names no VP8 keeps its own order', () => {
  expect(videoCodecs([{ mimeType: 'video/H264' }])).toEqual([]);
});
