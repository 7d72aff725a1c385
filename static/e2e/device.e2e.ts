/**
 * An encoder that is not ours: Debian's simple-whip-client, which is GStreamer. It publishes into the booth's
 * seat, and who sees it is told by the pixels.
 */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { DeviceAccess } from '../src/protocol/types';
import { pause } from './harness/browser';
import { Encoder } from './harness/encoder';
import { energyOf } from './harness/probe';
import { type OneRoom, shows, startRoom } from './harness/rooms';

let room: OneRoom;
let encoder: Encoder | null = null;

const blue = [40, 70, 190] as const;
const stage = '[data-testid="tile"][data-kind="stage"]';
/** The eighth pair of a room's offer, behind four sections to send on: its sound. */
const stageSound = 4 + 2 * 7;

/** What the page of a link tells to type into its devices. */
async function doors(link: string): Promise<DeviceAccess> {
  const url = new URL(link);
  const [, , id] = url.pathname.split('/');
  const opened = await fetch(`${url.origin}/api/v1/links/${id}/open`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ secret: url.hash.slice(1) }),
  });
  const { token } = (await opened.json()) as { token: string };
  const told = await fetch(`${url.origin}/api/v1/me/devices`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  return (await told.json()) as DeviceAccess;
}

const countOf = (selector: string) => document.querySelectorAll(selector).length;

const encode = async (link: string): Promise<Encoder> => {
  const { publish } = await doors(link);
  if (!publish) throw new Error('the booth may not publish');
  // The server's own address is another one in this network.
  const url = new URL(publish.url);
  return new Encoder(new URL(link).origin + url.pathname, publish.token, blue);
};

beforeAll(async () => {
  room = await startRoom();
  await room.booth.open(room.server.link('Booth 1'));
  await room.booth.at('room');
  await room.buyer.open(room.server.link('Buyer GB-1'));
  await room.buyer.join();
  await room.buyer.at('room');
});
afterEach(async () => {
  for (const one of [room.booth, room.buyer]) await one.expectNoFaults();
});
afterAll(async () => {
  await encoder?.end();
  await room?.end();
});

test('an encoder of another make is seen and heard in the room as the close-up of its seat', async () => {
  const { booth, buyer } = room;
  encoder = await encode(room.server.link('Booth 1'));
  try {
    await shows(buyer, `${stage} video`, blue, 20_000);
  } catch (cause) {
    throw new Error(`the encoder said:\n${encoder.said}`, { cause });
  }
  await shows(booth, `${stage} video`, blue);
  const before = await buyer.evaluate(energyOf, stageSound);
  await pause(1500);
  expect((await buyer.evaluate(energyOf, stageSound)) - before).toBeGreaterThan(0.005);
  // The people stay who they are: two tiles beside the stage, and none for the box.
  expect(await buyer.evaluate(countOf, '[data-testid="tile"]')).toBe(3);
  expect(encoder.said).toContain('PeerConnection connected');
  expect(encoder.said).not.toMatch(/\[trickle\]/); // its candidates were taken
});

test('it leaves the stage when it stops', async () => {
  encoder?.stop();
  await room.buyer.vanishes(stage);
  await encoder?.gone();
  expect(encoder?.said).not.toMatch(/\[4\d\d\]|\[5\d\d\]/);
});

test('a withdrawn link ends it, and it hears so', async () => {
  encoder = await encode(room.server.link('Booth 1'));
  await shows(room.buyer, `${stage} video`, blue, 20_000);
  const link = new URL(room.server.link('coordinator'));
  const opened = await fetch(`${link.origin}/api/v1/links/${link.pathname.split('/')[2]}/open`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ secret: link.hash.slice(1) }),
  });
  const { token, event } = (await opened.json()) as { token: string; event: { id: string } };
  const id = new URL(room.server.link('Booth 1')).pathname.split('/')[2];
  const revoked = await fetch(`${link.origin}/api/v1/events/${event.id}/links/${id}/revoke`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
  });
  expect(revoked.status).toBe(200);
  await room.buyer.vanishes(stage);
  await encoder?.gone();
  expect(encoder?.said).toContain('DTLS connection closed');
});
