import { afterAll, beforeAll, expect, test } from 'vitest';
import { inChromium, inFirefox, type Person, pause } from './harness/browser';
import { type Fair, startDemo } from './harness/server';

let fair: Fair;
let booth: Person;
let buyer: Person;

beforeAll(async () => {
  fair = await startDemo();
  [booth, buyer] = await Promise.all([
    inChromium('booth', { language: 'ko-KR' }),
    inFirefox('buyer in Firefox'),
  ]);
});
afterAll(async () => {
  await Promise.all([booth?.close(), buyer?.close()]);
  await fair?.end();
});

test('a buyer in Firefox and a booth in Chromium see and hear each other', async () => {
  await booth.open(fair.link(fair.open.booth));
  await booth.at('room');
  await buyer.open(fair.link('buyer'));
  await buyer.join();
  await buyer.at('room');
  await Promise.all([booth.sees('buyer'), buyer.sees('firm'), booth.hears(), buyer.hears()]);
});

test('a camera that is off in Firefox stops at the server: it would go on sending one picture a second', async () => {
  await buyer.click('[data-testid="camera-toggle"]');
  await pause(1000);
  const before = await booth.received();
  await pause(2500);
  expect((await booth.received()).framesDecoded - before.framesDecoded).toBe(0);
  await buyer.click('[data-testid="camera-toggle"]');
  await booth.sees('buyer');
});

test('a muted microphone in Firefox is silent at the booth', async () => {
  await buyer.click('[data-testid="mic-toggle"]');
  await pause(1000);
  const before = await booth.received();
  await pause(1500);
  expect((await booth.received()).audioPackets - before.audioPackets).toBeLessThan(5);
  await buyer.click('[data-testid="mic-toggle"]');
  await booth.hears();
});

test('one offer each, and nothing went wrong on either page', async () => {
  for (const person of [booth, buyer]) {
    expect(await person.calls(), person.name).toEqual({
      createOffer: 1,
      setLocalDescription: 1,
      setRemoteDescription: 1,
    });
    await person.expectNoFaults();
  }
});
