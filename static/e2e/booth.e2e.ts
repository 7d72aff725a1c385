import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type ChromiumPerson, inChromium } from './harness/browser';
import { Redis, Server } from './harness/server';
import { set, span, writeMeetings } from './harness/timetable';

const out = fileURLToPath(new URL('./out', import.meta.url));
mkdirSync(out, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), 'sangdam-e2e-'));

const [first, second] = ['Buyer GB-1', 'Buyer DE-1'];
const secret = 'Four dollars a yard, between us';

let redis: Redis;
let server: Server;
let booth: ChromiumPerson;
let buyer: ChromiumPerson;

beforeAll(async () => {
  const timetable = join(folder, 'timetable.csv');
  writeMeetings(timetable, [
    { booth: 'Booth 1', firm: 'Firm 01', buyer: first },
    { booth: 'Booth 1', firm: 'Firm 02', buyer: second },
  ]);
  redis = await Redis.start();
  server = await Server.create(redis);
  await server.import('booth', timetable);
  [booth, buyer] = await Promise.all([
    inChromium('booth', { language: 'ko-KR', zone: 'Asia/Seoul' }),
    inChromium('buyer', { zone: 'Europe/London' }),
  ]);
  await redis.change('booth', (event) => {
    event.policy = {
      doors: span(8000),
      farewell: span(1000),
      changeover: span(1000),
      closing: span(4000),
      max_overrun: span(1000),
    };
    set(event, 'T01', 2000, 22_000);
    set(event, 'T02', 25_000, 48_000);
  });
  await server.start();
});
afterEach(async () => {
  for (const person of [booth, buyer]) await person.expectNoFaults();
});
afterAll(async () => {
  await Promise.all([booth?.close(), buyer?.close()]);
  await server?.end();
  await redis?.end();
  rmSync(folder, { recursive: true, force: true });
});

const titled = (name: string) =>
  booth.until(
    `the room of ${name}`,
    (n) => document.querySelector('[data-place="room"] .bar h1')?.textContent.includes(n) ?? false,
    name,
  );

const text = () => booth.evaluate(() => document.body.textContent, null);

test('the booth enters its first consultation by itself, and they meet', async () => {
  await booth.open(server.link('Booth 1'));
  await titled(first);
  await buyer.open(server.link(first));
  await buyer.join();
  await buyer.at('room');
  await Promise.all([booth.sees('buyer', 5), buyer.sees('firm', 5)]);
  await buyer.click('[data-testid="chat-toggle"]');
  await buyer.type('[data-testid="chat-input"]', secret);
  await buyer.click('[data-testid="chat-send"]');
  await booth.until(
    'news of the message',
    () => document.querySelector('[data-testid="chat-toggle"] .control-badge') !== null,
    null,
  );
});

test('the clock ends it, and nobody touches the booth', async () => {
  await buyer.at('over', 30_000);
  await booth.until(
    'the next buyer',
    (n) => document.querySelector('h1')?.textContent.includes(n) ?? false,
    second,
  );
  await booth.screenshot(`${out}/booth-between.png`);
  expect(await text()).not.toContain(secret);
  expect(await booth.evaluate(() => document.querySelector('main')?.textContent ?? '', null)).not.toContain(
    first,
  );
});

test('the second begins by itself, and nothing of the first is there', async () => {
  await titled(second);
  await buyer.open(server.link(second));
  await buyer.join();
  await buyer.at('room');
  await Promise.all([booth.sees('buyer', 5), buyer.sees('firm', 5)]);
  const seen = await text();
  expect(seen).not.toContain(secret);
  expect(seen).not.toContain(first);
  await booth.screenshot(`${out}/booth-second.png`);
  expect(await booth.calls(), 'one offer over both').toEqual({
    createOffer: 1,
    setLocalDescription: 1,
    setRemoteDescription: 1,
  });
  // Only now is the screen touched: the chat is what might have stayed.
  await booth.click('[data-testid="chat-toggle"]');
  await booth.appears('[data-testid="chat-input"]');
  expect(
    await booth.evaluate(() => document.querySelectorAll('[data-testid="chat-message"]').length, null),
  ).toBe(0);
});

test('a reload in the middle comes back into the right room', async () => {
  await booth.reload();
  await titled(second);
  await Promise.all([booth.sees('buyer', 5), buyer.sees('firm', 5)]);
  expect(await text()).not.toContain(first);
});

test('after the last one the booth rests, with nothing of either', async () => {
  await buyer.at('over', 30_000);
  await booth.appears('[data-testid="idle"][data-screen="done"]', 20_000);
  await booth.screenshot(`${out}/booth-done.png`);
  const rest = await text();
  for (const trace of [secret, first, second]) expect(rest).not.toContain(trace);
});
