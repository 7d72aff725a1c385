import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inChromium, type Person, pause } from './harness/browser';
import { attendance, seconds } from './harness/records';
import { Redis, Server } from './harness/server';
import { writeTimetable } from './harness/timetable';

const folder = mkdtempSync(join(tmpdir(), 'sangdam-e2e-'));
let redis: Redis;
let server: Server;
let booth: Person;
let buyer: Person;

beforeAll(async () => {
  const timetable = join(folder, 'timetable.csv');
  writeTimetable(timetable);
  redis = await Redis.start();
  server = await Server.create(redis);
  await server.import('crash', timetable);
  await server.start();
  [booth, buyer] = await Promise.all([inChromium('booth', { language: 'ko-KR' }), inChromium('buyer')]);
});
afterAll(async () => {
  await Promise.all([booth?.close(), buyer?.close()]);
  await server?.end();
  await redis?.end();
  rmSync(folder, { recursive: true, force: true });
});

/** When what happened, in milliseconds of this machine's clock. */
const at = { met: 0, killed: 0, restarted: 0, back: 0 };

test('a second import keeps the links that were given out', async () => {
  const told = await server.import('crash', join(folder, 'timetable.csv'));
  expect(told).not.toContain('/j/');
});

test('booth and buyer meet on a real Redis', async () => {
  await booth.open(server.link('Booth 1'));
  await booth.at('room');
  await buyer.open(server.link('Buyer GB-1'));
  await buyer.join();
  await buyer.at('room');
  at.met = Date.now();
  await Promise.all([booth.sees('buyer'), buyer.sees('firm')]);
});

test('after kill -9 and a restart both are back in the room without a click', async () => {
  await pause(3000);
  at.killed = Date.now();
  await server.kill();
  await pause(1500);
  await server.start();
  at.restarted = Date.now();
  await Promise.all([booth.sees('buyer', 20, 30_000), buyer.sees('firm', 20, 30_000)]);
  at.back = Date.now();
  await Promise.all([booth.at('room'), buyer.at('room'), booth.hears(), buyer.hears()]);
  console.log(`back ${at.back - at.restarted} ms after the server was`);
});

test('no interval is off by more than 5 s, and none is counted twice', async () => {
  await pause(2000);
  const { record } = await attendance(server.link('coordinator'));
  const own = record.consultations.find((c) => c.consultation === 'T01');
  for (const role of ['buyer', 'firm']) {
    const seat = own?.seats.find((s) => s.role === role);
    const intervals = seat?.intervals ?? [];
    expect(
      intervals.map((i) => i.reason),
      role,
    ).toEqual(['node_died', undefined]);
    const [first, second] = intervals;
    const between = (moment: string | undefined, from: number, to: number, what: string) => {
      const ms = Date.parse(moment ?? '');
      expect(ms, `${role} ${what}`).toBeGreaterThanOrEqual(from);
      expect(ms, `${role} ${what}`).toBeLessThanOrEqual(to);
    };
    if (role === 'buyer') between(first?.from, at.met - 5000, at.met, 'came');
    between(first?.to, at.killed - 5000, at.killed + 1000, 'was last heard of');
    between(second?.from, at.restarted - 1000, at.back, 'came back');
    expect(Math.abs((seat?.seconds ?? 0) - seconds(intervals)), `${role}: counted once`).toBeLessThan(1.5);
  }
});

test('the record proves to be whole', async () => {
  await pause(1000);
  const told = await server.verify();
  expect(told.output).toMatch(/^crash: ok, \d+ entries/m);
  expect(told.code).toBe(0);
});
