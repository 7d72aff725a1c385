import { expect, test } from 'vitest';
import {
  cameraEncodings,
  type Layout,
  roomLayout,
  sectionsOf,
  type VideoUse,
  videoCodecs,
  wallLayout,
} from './layout';

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

const chromium = [
  ['video/H264', 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f'],
  ['video/H264', 'level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42001f'],
  ['video/H264', 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f'],
  ['video/H264', 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f'],
  ['video/rtx'],
  ['video/AV1', 'level-idx=5;profile=0;tier=0'],
  ['video/AV1', 'level-idx=5;profile=1;tier=0'],
  ['video/VP9', 'profile-id=0'],
  ['video/VP9', 'profile-id=2'],
  ['video/VP8'],
  ['video/red'],
].map(([mimeType = '', sdpFmtpLine]) => (sdpFmtpLine ? { mimeType, sdpFmtpLine } : { mimeType }));

test.each([
  ['camera', ['VP8', 'rtx']],
  ['tile', ['VP8', 'rtx']],
  ['screen', ['VP8', 'VP9', 'AV1', 'rtx']],
  ['person', ['VP8', 'H264', 'H264', 'rtx']],
  ['stage', ['VP8', 'VP9', 'AV1', 'H264', 'H264', 'rtx']],
] as [VideoUse, string[]][])('R62: a %s is offered in what it can be needed for, VP8 first', (use, names) => {
  const list = videoCodecs(chromium, use);
  expect(list.map((c) => c.mimeType.slice('video/'.length))).toEqual(names);
  for (const { sdpFmtpLine = '' } of list) expect(sdpFmtpLine).not.toMatch(/id=2|profile=1|mode=0|64001f/);
});

test('a browser that names no VP8 keeps its own order', () => {
  expect(videoCodecs([{ mimeType: 'video/H264' }], 'camera')).toEqual([]);
  expect(videoCodecs([{ mimeType: 'video/VP9' }], 'stage')).toEqual([]);
});
