import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Timetable } from '../src/protocol/types';
import { type ChromiumPerson, inChromium } from './harness/browser';
import { open } from './harness/records';
import { Redis, Server } from './harness/server';
import { dateOf, day, fairFrom, yangju } from './harness/timetable';

const folder = mkdtempSync(join(tmpdir(), 'sangdam-e2e-'));
const first = dateOf(Date.now() + 2 * day);
const fair = fairFrom(first);
const file = join(folder, 'yangju.csv');
writeFileSync(file, fair);

let redis: Redis;
let server: Server;
let coordinator: ChromiumPerson;
let booth: ChromiumPerson;
let links: string[] = [];

beforeAll(async () => {
  redis = await Redis.start();
  server = await Server.create(redis);
});
afterAll(async () => {
  await Promise.all([coordinator?.close(), booth?.close()]);
  await server?.end();
  await redis?.end();
  rmSync(folder, { recursive: true, force: true });
});

const table = async () => {
  const { token, event } = await open(server.link('coordinator'));
  const response = await fetch(`${server.origin}/api/v1/events/${event.id}/timetable`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Timetable;
};

test('the fair of 2021 is imported as the center wrote it', async () => {
  const told = await server.import('yangju-2021', yangju);
  expect(told).toMatch(/35 consultations, 3 booths, 16 firms, \d+ buyers/);
  expect(told).toContain('35 created, 0 changed, 0 cancelled');
});

test('a fair to come gets its links, and importing it again changes nothing', async () => {
  const told = await server.import('yangju', file);
  expect(told).toContain('35 created, 0 changed, 0 cancelled');
  links = await server.again('yangju');
  expect(links.length).toBeGreaterThan(40);
  const again = await server.import('yangju', file);
  expect(again).toContain('0 created, 0 changed, 0 cancelled, 35 stay as they are');
  expect(again).not.toContain('/j/');
  expect(await server.again('yangju')).toEqual(links);
  await server.start();
  const read = await table();
  expect(read.revision).toBe(1);
  expect(read.consultations).toHaveLength(35);
  expect(read.firms).toHaveLength(16);
  expect(new Set(read.buyers.map((b) => b.country)).size).toBe(17);
});

test('a broken file is told with row and column, and nothing of it is applied', async () => {
  [coordinator, booth] = await Promise.all([
    inChromium('coordinator', { language: 'en-GB' }),
    inChromium('booth', { language: 'ko-KR' }),
  ]);
  await booth.open(server.link('Booth 1'));
  await booth.appears('[data-testid="booth-line"], [data-testid="idle"]');
  await coordinator.open(server.link('coordinator'));
  await coordinator.at('console');
  await coordinator.click('[data-testid="tab-board"]');
  await coordinator.click('[data-testid="tab-timetable"]');
  await coordinator.click('[data-testid="tab-import"]');
  await coordinator.appears('[data-testid="file"]');
  const rows = fair.split('\n');
  rows[4] = rows[4]?.replace('America/Mexico_City', 'America/Atlantis') ?? '';
  rows[9] = rows[9]?.replace(/\d\d:\d\d/, '25:61') ?? '';
  rows[12] = rows[12]?.replace(/^S\d+/, 'S01') ?? '';
  rows[20] = `${rows[20]?.replace('Firm', 'Changed firm')}`;
  await coordinator.pick('[data-testid="file"]', 'broken.csv', rows.join('\n'));
  await coordinator.appears('[data-testid="problems"]');
  const told = await coordinator.evaluate(
    () =>
      [...document.querySelectorAll('[data-testid="problems"] tbody tr')].map((tr) =>
        [...tr.querySelectorAll('td')].map((td) => (td.textContent ?? '').replace(/\s+/g, ' ').trim()),
      ),
    null,
  );
  const places = told.map(([row, column]) => `${row?.replace(/\D/g, '')} ${column?.replace(/^Column /, '')}`);
  expect(places).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^5 .*buyer_timezone/),
      expect.stringMatching(/^10 .*start/),
      expect.stringMatching(/^13 .*consultation/),
    ]),
  );
  for (const [, , words] of told) expect(words?.split(' ').length, words).toBeGreaterThan(4);
  expect(
    await coordinator.evaluate(() => document.querySelector('[data-testid="apply"]') !== null, null),
  ).toBe(false);
  expect((await table()).revision).toBe(1);
});

test('a good change is applied, and a running booth page shows it', async () => {
  await coordinator.pick(
    '[data-testid="file"]',
    'changed.csv',
    fair.replace(`S01,${first},09:00,09:40`, `S01,${first},08:55,09:35`),
  );
  await coordinator.appears('[data-testid="sums"]');
  await coordinator.evaluate(() => {
    document.querySelector<HTMLInputElement>('[data-testid="agree"]')?.click();
  }, null);
  await coordinator.click('[data-testid="apply"]');
  await coordinator.appears('[data-testid="applied"]');
  await booth.until(
    'the new time',
    () => document.querySelector('main')?.textContent.includes('08:55') ?? false,
    null,
  );
  expect((await table()).revision).toBe(2);
  expect(await server.again('yangju')).toEqual(links);
  for (const person of [booth, coordinator]) await person.expectNoFaults();
});
