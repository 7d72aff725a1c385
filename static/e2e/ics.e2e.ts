import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ICAL from 'ical.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { open } from './harness/records';
import { Redis, Server } from './harness/server';
import { dateOf, day, fairFrom } from './harness/timetable';

const folder = mkdtempSync(join(tmpdir(), 'sangdam-e2e-'));
let redis: Redis;
let server: Server;

/** Weeks in which clocks change: the fair's third day is the day of the change. Moscow's never does. */
const weeks = [
  { event: 'paris-autumn', first: '2021-10-29' },
  { event: 'new-york-autumn', first: '2021-11-05' },
  { event: 'new-york-spring', first: '2022-03-11' },
  { event: 'paris-spring', first: '2022-03-25' },
];
/** the buyers' links, by event */
const buyers = new Map<string, string[]>();
const ahead = dateOf(Date.now() + 2 * day);

beforeAll(async () => {
  redis = await Redis.start();
  server = await Server.create(redis);
  const file = join(folder, 'fair.csv');
  writeFileSync(file, fairFrom(ahead));
  for (const { event, first } of weeks) {
    // A fair of the past gets no links; so it is moved there afterwards.
    await server.import(event, file);
    buyers.set(
      event,
      [...new Set(fairFrom(ahead).match(/Buyer \w\w-\d/g))].map((name) => server.link(name)),
    );
    const shift = Date.parse(first) - Date.parse(ahead);
    await redis.change(event, (stored) => {
      for (const c of stored.consultations) {
        c.start = new Date(Date.parse(c.start) + shift).toISOString();
        c.end = new Date(Date.parse(c.end) + shift).toISOString();
      }
    });
  }
  await server.start();
});
afterAll(async () => {
  await server?.end();
  await redis?.end();
  rmSync(folder, { recursive: true, force: true });
});

/** A wall clock's reading in a zone, by the browser's tables and not by the file's. */
const reading = (at: number, zone: string) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(at);

test.each(weeks)('another author’s parser reads every calendar right: $event', async ({ event, first }) => {
  // What must come out, from the table as it was written: hours on Seoul's clock.
  const written = new Map<string, [number, number]>();
  for (const line of fairFrom(first).trim().split('\n').slice(1)) {
    const [id = '', date, from, to] = line.split(',');
    written.set(id, [Date.parse(`${date}T${from}:00+09:00`), Date.parse(`${date}T${to}:00+09:00`)]);
  }
  const zones = new Set<string>();
  const told = new Set<string>();
  for (const url of buyers.get(event) ?? []) {
    const { token, you, zone: place = '', consultations } = await open(url);
    const response = await fetch(`${server.origin}/api/v1/me/calendar.ics`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const text = await response.text();
    expect(response.status, text).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/calendar');
    const calendar = new ICAL.Component(ICAL.parse(text));
    const known = new Map(
      calendar.getAllSubcomponents('vtimezone').map((z) => {
        const zone = new ICAL.Timezone(z);
        return [zone.tzid, zone];
      }),
    );
    const own = known.get(place);
    if (!own) throw new Error(`${place} is not in ${[...known.keys()]}`);
    const events = calendar.getAllSubcomponents('vevent');
    expect(events, you.name).toHaveLength(consultations.length);
    for (const vevent of events) {
      const read = new ICAL.Event(vevent);
      const id = consultations.find((c) => read.uid.startsWith(`${c.id}.`))?.id;
      const [from, to] = written.get(id ?? '') ?? [];
      if (!id || from === undefined || to === undefined) throw new Error(`whose is ${read.uid}?`);
      expect(known.has(read.startDate.zone.tzid), read.startDate.zone.tzid).toBe(true);
      expect(read.startDate.toUnixTime() * 1000, `${id} begins`).toBe(from);
      expect(read.endDate.toUnixTime() * 1000, `${id} ends`).toBe(to);
      // The reader's zone as the file has it says what the reader's wall says, on that day and at its ends.
      for (const at of [from, to, from - day / 2, to + day / 2]) {
        const there = ICAL.Time.fromJSDate(new Date(at), true).convertToZone(own);
        expect(there.toString().replace('T', ' '), `${id} in ${place}`).toBe(reading(at, place));
      }
      expect(read.description, `${id}: both clocks`).toContain(reading(from, place).slice(11, 16));
      expect(read.description, `${id}: both clocks`).toContain(reading(from, 'Asia/Seoul').slice(11, 16));
      told.add(id);
    }
    zones.add(place);
  }
  expect(told.size).toBe(35);
  expect(zones.size).toBe(17);
  expect(zones).toContain('Europe/Moscow');
});
