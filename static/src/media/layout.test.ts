import { expect, test } from 'vitest';
import { cameraEncodings, type Layout, roomLayout, sectionsOf, videoCodecs, wallLayout } from './layout';

test.each([
  ['room', roomLayout, 22],
  ['wall', wallLayout, 35],
] as [string, Layout, number][])(
  'the slots of a %s take every receiving section once, in order',
  (_name, layout, count) => {
    const taken = sectionsOf(layout).flatMap(({ audio, video }) =>
      [audio, video].filter((section) => section !== null),
    );
    const sends = layout.sends.length;
    expect(taken).toEqual(Array.from({ length: count - sends }, (_, i) => i + sends));
  },
);

test('a wall sounds in its last two slots, its others are pictures', () => {
  const sections = sectionsOf(wallLayout);
  expect(sections.slice(0, 32).every(({ audio }) => audio === null)).toBe(true);
  expect(sections.slice(32)).toEqual([
    { audio: 33, video: null },
    { audio: 34, video: null },
  ]);
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
