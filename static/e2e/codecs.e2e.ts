/** A screen travels in the best codec that everybody in the room decodes, and everybody sees it, whoever comes. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { inChromium, inFirefox, type Person } from './harness/browser';
import { colourOf } from './harness/probe';
import { type Fair, startDemo } from './harness/server';

/** The screen that is shared: purple, with a stripe that moves along its edge. */
const purpleScreen = `navigator.mediaDevices.getDisplayMedia = async () => {
  const canvas = document.createElement('canvas');
  canvas.width = 1280;
  canvas.height = 720;
  const context = canvas.getContext('2d');
  let n = 0;
  setInterval(() => {
    context.fillStyle = '#a000c0';
    context.fillRect(0, 0, 1280, 720);
    context.fillStyle = '#ffffff';
    context.fillRect((n += 8) % 1280, 0, 40, 40);
  }, 66);
  return canvas.captureStream(15);
};`;

/** A browser that decodes VP8 and nothing else. */
const oldDecoder = `{
  const own = RTCRtpReceiver.getCapabilities.bind(RTCRtpReceiver);
  RTCRtpReceiver.getCapabilities = (kind) => {
    const known = own(kind);
    return known && { ...known, codecs: known.codecs.filter((c) => !/\\/(VP9|AV1|H264)$/i.test(c.mimeType)) };
  };
}`;

const stage = '[data-testid="tile"][data-kind="stage"] video';

/** What the newest PeerConnection sends a picture of a screen in, or receives it in. For evaluate(). */
async function codecOf(direction: 'outbound-rtp' | 'inbound-rtp'): Promise<string> {
  const peer = window.__probe.peers.filter((p) => p.connectionState !== 'closed').at(-1);
  const transceivers = peer?.getTransceivers() ?? [];
  // The screen is sent by the third section; the stage is the eighth pair behind the four that send.
  const section = transceivers[direction === 'outbound-rtp' ? 2 : 4 + 2 * 7 + 1];
  const report = await (direction === 'outbound-rtp'
    ? section?.sender.getStats()
    : section?.receiver.getStats());
  const all = [...(report?.values() ?? [])];
  const stream = all.find((s) => s.type === direction);
  return all.find((s) => s.type === 'codec' && s.id === stream?.codecId)?.mimeType?.toLowerCase() ?? '';
}

async function sends(who: Person, codec: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  let got = '';
  while (Date.now() < deadline) {
    got = await who.evaluate(codecOf, 'outbound-rtp' as const);
    if (got === codec) return;
  }
  expect(got, `what ${who.name} sends its screen in`).toBe(codec);
}

/** Waits until a person sees that screen and no other picture, and that it goes on. */
async function seesScreen(who: Person, ms = 15_000): Promise<void> {
  const deadline = Date.now() + ms;
  let colour: [number, number, number] | null = null;
  const purple = () => colour !== null && colour[0] > 120 && colour[1] < 60 && colour[2] > 140;
  while (Date.now() < deadline && !purple()) colour = await who.evaluate(colourOf, stage);
  expect(purple(), `${who.name} sees ${colour}`).toBe(true);
  const from = await who.evaluate((s) => window.__probe.shown(s), stage);
  await who.until(
    'more frames of the screen',
    ([s, n]) => window.__probe.shown(s) > n + 5,
    [stage, from] as [string, number],
    ms,
  );
}

const small = { width: 640, height: 420 };
let fair: Fair;
let booth: Person;
let buyer: Person;
let interpreter: Person | undefined;
const everybody = () => [booth, buyer, interpreter].filter((p) => p !== undefined);

beforeAll(async () => {
  fair = await startDemo();
  [booth, buyer] = await Promise.all([
    inChromium('booth', { language: 'ko-KR', script: purpleScreen, ...small }),
    inChromium('buyer', small),
  ]);
  await booth.open(fair.link(fair.open.booth));
  await booth.at('room');
  await buyer.open(fair.link('buyer'));
  await buyer.join();
  await Promise.all([booth.sees('buyer'), buyer.sees('firm')]);
});
afterEach(async () => {
  for (const person of everybody()) await person.expectNoFaults();
});
afterAll(async () => {
  await Promise.all(everybody().map((p) => p.close()));
  await fair?.end();
});

test('among Chromiums a screen goes as VP9, and cameras as VP8', async () => {
  await booth.click('[data-testid="share-toggle"]');
  await buyer.appears(stage);
  await seesScreen(buyer);
  await sends(booth, 'video/vp9');
  expect(await buyer.evaluate(codecOf, 'inbound-rtp' as const)).toBe('video/vp9');
  const cameras = await booth.evaluate(async () => {
    const peer = window.__probe.peers.at(-1);
    const all = [...((await peer?.getTransceivers()[1]?.sender.getStats())?.values() ?? [])];
    return all.filter((s) => s.type === 'codec').map((s) => s.mimeType);
  }, null);
  expect(cameras).toEqual(['video/VP8']);
});

test('who decodes VP8 alone joins, and all see it as VP8; who goes lets it be VP9 again', async () => {
  interpreter = await inChromium('old decoder', { language: 'ko-KR', script: oldDecoder, ...small });
  await interpreter.open(fair.link('interpreter'));
  await interpreter.join();
  await interpreter.at('room');
  await Promise.all([seesScreen(interpreter), sends(booth, 'video/vp8')]);
  await seesScreen(buyer);
  expect(await interpreter.evaluate(codecOf, 'inbound-rtp' as const)).toBe('video/vp8');
  await interpreter.click('[data-testid="leave"]');
  await interpreter.at('over');
  await interpreter.expectNoFaults();
  await interpreter.close();
  interpreter = undefined;
  await sends(booth, 'video/vp9');
  await seesScreen(buyer);
});

test('a Firefox joins and sees it', async () => {
  interpreter = await inFirefox('interpreter in Firefox', small);
  await interpreter.open(fair.link('interpreter'));
  await interpreter.join();
  await interpreter.at('room');
  await Promise.all([seesScreen(interpreter), seesScreen(buyer)]);
  await sends(booth, 'video/vp9'); // Firefox decodes it
});

test('one offer each, whatever the codec', async () => {
  for (const person of everybody())
    expect(await person.calls(), person.name).toEqual({
      createOffer: 1,
      setLocalDescription: 1,
      setRemoteDescription: 1,
    });
});
