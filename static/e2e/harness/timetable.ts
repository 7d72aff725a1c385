import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { StoredEvent } from './server';

const heading =
  'consultation,date,start,end,timezone,booth,firm,firm_products,buyer,buyer_country,buyer_timezone,buyer_language,interpreter,interpreter_languages';

/** Writes a timetable whose one consultation began a few minutes ago; it has no interpreter. */
export function writeTimetable(file: string): void {
  writeParallel(file, 1);
}

/** Writes a timetable of so many consultations at the same time, each in its own booth, T01 and on; they began a few minutes ago. */
export function writeParallel(file: string, count: number): void {
  const zone = 'Asia/Seoul';
  const parts = (at: Date) => {
    const text = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      dateStyle: 'short',
      timeStyle: 'short',
    }).format(at);
    const [date = '', time = ''] = text.split(' ');
    return { date, time };
  };
  const now = Date.now();
  let start = parts(new Date(now - 5 * 60_000));
  let end = parts(new Date(now + 35 * 60_000));
  if (start.date !== end.date) {
    // A consultation lies within one day of the center; around its midnight take what the day has.
    if (parts(new Date(now)).date === start.date) end = { date: start.date, time: '23:59' };
    else start = { date: end.date, time: '00:00' };
  }
  const lines = Array.from({ length: count }, (_, index) => {
    const n = index + 1;
    const id = `T${String(n).padStart(2, '0')}`;
    const firm = `Firm ${String(n).padStart(2, '0')}`;
    return `${id},${start.date},${start.time},${end.time},${zone},Booth ${n},${firm},circular knits,Buyer GB-${n},GB,Europe/London,en,,`;
  });
  writeFileSync(file, `${heading}\n${lines.join('\n')}\n`);
}

export const minute = 60_000;
export const day = 24 * 60 * minute;
/** A stored duration, from milliseconds. */
export const span = (ms: number): number => ms * 1_000_000;

/** The timetable of the fair, as the center wrote it. */
export const yangju = fileURLToPath(new URL('../../../cmd/sangdam/demo/yangju-2021.csv', import.meta.url));

/** The fair moved by whole days so that its first is on another date; hours stay as they are. */
export function fairFrom(first: string): string {
  const text = readFileSync(yangju, 'utf8');
  const shift = Date.parse(first) - Date.parse('2021-12-06');
  return text.replaceAll(/2021-12-\d\d/g, (date) => dateOf(Date.parse(date) + shift));
}

export const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Consultations of one day to come, one an hour; `change` of the Redis then says when exactly they are. */
export function writeMeetings(
  file: string,
  meetings: { booth: string; firm: string; buyer: string }[],
): void {
  const date = dateOf(Date.now() + 2 * day);
  const zones = new Map([
    ['DE', 'Europe/Berlin,de'],
    ['GB', 'Europe/London,en'],
    ['TR', 'Europe/Istanbul,tr'],
  ]);
  const lines = meetings.map(({ booth, firm, buyer }, index) => {
    const hour = String(9 + index).padStart(2, '0');
    const country = buyer.slice(-4, -2);
    return `T0${index + 1},${date},${hour}:00,${hour}:40,Asia/Seoul,${booth},${firm},knits,${buyer},${country},${zones.get(country)},,`;
  });
  writeFileSync(file, `${heading}\n${lines.join('\n')}\n`);
}

/** Says when a consultation is, in milliseconds from now. */
export function set(event: StoredEvent, id: string, from: number, to: number): void {
  const one = event.consultations.find((c) => c.id === id);
  if (!one) throw new Error(`no ${id}`);
  one.start = new Date(Date.now() + from).toISOString();
  one.end = new Date(Date.now() + to).toISOString();
}
