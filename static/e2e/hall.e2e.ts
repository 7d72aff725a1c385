import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type ChromiumPerson, inChromium } from './harness/browser';
import { Redis, Server } from './harness/server';
import { day, minute, set, writeMeetings } from './harness/timetable';

const folder = mkdtempSync(join(tmpdir(), 'sangdam-e2e-'));
const [late, early, practising] = ['Buyer GB-1', 'Buyer DE-1', 'Buyer TR-1'];

let redis: Redis;
let server: Server;
let coordinator: ChromiumPerson;
let booth: ChromiumPerson;
let buyer: ChromiumPerson;

beforeAll(async () => {
  const timetable = join(folder, 'timetable.csv');
  writeMeetings(timetable, [
    { booth: 'Booth 1', firm: 'Firm 01', buyer: late },
    { booth: 'Booth 1', firm: 'Firm 02', buyer: early },
    { booth: 'Booth 2', firm: 'Firm 03', buyer: practising },
  ]);
  redis = await Redis.start();
  server = await Server.create(redis);
  await server.import('hall', timetable);
  await redis.change('hall', (event) => {
    set(event, 'T01', -3 * minute, 37 * minute);
    set(event, 'T02', 47 * minute, 87 * minute);
    set(event, 'T03', day, day + 40 * minute);
  });
  await server.start();
  [coordinator, booth, buyer] = await Promise.all([
    inChromium('coordinator', { language: 'en-GB', zone: 'Asia/Seoul' }),
    inChromium('booth', { language: 'ko-KR', zone: 'Asia/Seoul' }),
    inChromium('buyer', { zone: 'Europe/Berlin' }),
  ]);
});
afterEach(async () => {
  for (const person of [coordinator, booth, buyer]) await person.expectNoFaults();
});
afterAll(async () => {
  await Promise.all([coordinator, booth, buyer].map((p) => p?.close()));
  await server?.end();
  await redis?.end();
  rmSync(folder, { recursive: true, force: true });
});

const row = (id: string) => `[data-testid="board-row"][data-consultation="${id}"]`;
const says = (who: ChromiumPerson, selector: string, words: string) =>
  who.until(
    `“${words}” in ${selector}`,
    ([s, w]) => [...document.querySelectorAll<HTMLElement>(s)].some((e) => e.textContent.includes(w)),
    [selector, words] as [string, string],
  );

test('who waits in a lobby is seen on the board', async () => {
  await coordinator.open(server.link('coordinator'));
  await coordinator.at('console');
  await coordinator.click('[data-testid="tab-board"]');
  await buyer.open(server.link(early));
  await buyer.at('lobby');
  await coordinator.appears(
    `${row('T02')} [data-testid="seat-state"][data-role="buyer"][data-state="lobby"]`,
  );
});

test('the coordinator writes to who waits, who reads it and answers', async () => {
  await coordinator.click(`${row('T02')} [data-testid="row-actions"]`);
  await coordinator.click('[data-testid="write-consultation"]');
  await coordinator.type('[data-testid="note-text"]', 'We begin on time');
  await coordinator.click('[data-testid="note-send"]');
  await says(buyer, '[data-testid="note"]', 'We begin on time');
  await buyer.click('[data-testid="note-answer"]');
  await buyer.type('[data-testid="note-input"]', 'I am ready');
  await buyer.click('[data-testid="note-send"]');
  await coordinator.click('[data-testid="threads"]');
  await says(coordinator, '[data-testid="thread"]', 'I am ready');
  await coordinator.press('Escape');
  await coordinator.vanishes('[data-testid="notes"]');
  await buyer.press('Escape');
  await buyer.vanishes('[data-testid="notes-panel"]');
});

test('a practice on another day: the own picture comes back from the server', async () => {
  await buyer.open(server.link(practising));
  await buyer.at('lobby');
  await buyer.click('[data-testid="practice"]');
  await buyer.appears('[data-testid="practice-picture"][data-picture="true"]', 20_000);
  const before = await buyer.received();
  await buyer.until(
    'more of the own picture',
    () => window.__probe.shown('[data-testid="practice-picture"] video') > 10,
    null,
  );
  expect((await buyer.received()).framesDecoded).toBeGreaterThan(before.framesDecoded + 5);
  await buyer.click('[data-testid="practice-stop"]');
  await buyer.vanishes('[data-testid="practice-picture"]');
  expect(await buyer.calls(), 'one offer, with the practice').toEqual({
    createOffer: 1,
    setLocalDescription: 1,
    setRemoteDescription: 1,
  });
});

test('a late buyer is told to the coordinator until the buyer comes', async () => {
  await booth.open(server.link('Booth 1'));
  await booth.at('room');
  await coordinator.appears(`${row('T01')}[data-phase="waiting"][data-trouble="true"]`);
  await buyer.open(server.link(late));
  await buyer.at('lobby');
  await buyer.click('[data-testid="practice"]');
  await buyer.appears('[data-testid="practice-picture"][data-picture="true"]', 20_000);
  await buyer.join();
  await buyer.at('room');
  await coordinator.appears(`${row('T01')}[data-phase="live"][data-trouble="false"]`);
  await Promise.all([buyer.sees('firm', 5), booth.sees('buyer', 5)]);
  expect(await buyer.calls(), 'one offer, from the practice into the room').toEqual({
    createOffer: 1,
    setLocalDescription: 1,
    setRemoteDescription: 1,
  });
});

test('the booth calls, and the coordinator sees to it', async () => {
  await booth.click('[data-testid="call-coordinator"]');
  await booth.appears('[data-testid="call-state"]');
  await coordinator.appears('[data-testid="letters"][data-calls="true"]');
  await coordinator.click('[data-testid="letters"]');
  await coordinator.click('[data-testid="thread"][data-tone="late"]');
  await coordinator.click('[data-testid="call-seen"]');
  await coordinator.appears('[data-testid="letters"][data-calls="false"]');
  await booth.appears('[data-testid="call-done"]');
  await coordinator.press('Escape');
  await coordinator.vanishes('[data-testid="notes"]');
});

test('an extension is shown with whom it delays, and moves the rooms’ clocks', async () => {
  const left = () =>
    buyer.evaluate(() => {
      const [minutes = '0', seconds = '0'] =
        document.querySelector('[data-testid="clock"] .bar-digits')?.textContent.split(':') ?? [];
      return Number(minutes) * 60 + Number(seconds);
    }, null);
  const before = await left();
  await coordinator.click(`${row('T01')} [data-testid="row-actions"]`);
  await coordinator.click('[data-testid="extend-5"]');
  await coordinator.appears('[data-testid="delays"]');
  await says(coordinator, '[data-testid="delays"]', early);
  expect(Math.abs((await left()) - before), 'a preview changes nothing').toBeLessThan(20);
  await coordinator.click('[data-testid="extend-apply"]');
  await buyer.appears('[data-testid="extended"]');
  await booth.appears('[data-testid="extended"]');
  const gained = (await left()) - before;
  expect(gained).toBeGreaterThan(270);
  expect(gained).toBeLessThanOrEqual(300);
  await coordinator.press('Escape');
  await coordinator.vanishes('[data-testid="card"]');
});
