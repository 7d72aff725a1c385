/**
 * Dates, durations and names of countries and languages, all by Intl. Times are on 24 hours and in
 * Latin digits in every language: a timetable has one way to write an hour, and both sides read the same.
 */
import { type Language, tagOf } from './languages';

export interface Format {
  /** 14:05 in a zone */
  time(at: number, zone: string): string;
  /** 14:05:09 in a zone, where the record is read */
  second(at: number, zone: string): string;
  /** Monday, 6 December 2021, for paper */
  date(at: number, zone: string): string;
  /** Monday, 6 December */
  day(at: number, zone: string): string;
  /** Mon 6 Dec */
  shortDay(at: number, zone: string): string;
  /** the name of a zone on that day, since summer time changes it */
  zone(zone: string, at: number): string;
  /** the zone as hours from UTC: GMT+9 */
  offset(zone: string, at: number): string;
  country(code: string): string;
  tongue(code: string): string;
  list(items: readonly string[]): string;
}

export function createFormat(language: Language): Format {
  const tag = tagOf(language);
  const cache = new Map<string, Intl.DateTimeFormat>();
  const dates = (
    name: string,
    zone: string,
    options: Intl.DateTimeFormatOptions,
    locale = tag,
  ): Intl.DateTimeFormat => {
    const key = `${name} ${zone}`;
    const known = cache.get(key);
    if (known) {
      return known;
    }
    const made = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
    cache.set(key, made);
    return made;
  };
  const part = (name: string, zone: string, style: 'long' | 'shortOffset', at: number): string =>
    dates(name, zone, { timeZoneName: style })
      .formatToParts(at)
      .find((p) => p.type === 'timeZoneName')?.value ?? zone;
  const regions = new Intl.DisplayNames(tag, { type: 'region', fallback: 'code' });
  const tongues = new Intl.DisplayNames(tag, { type: 'language', fallback: 'code' });
  const lists = new Intl.ListFormat(tag, { type: 'conjunction' });
  return {
    time: (at, zone) =>
      // Some languages write 14.05; two people who compare their screens must see the same.
      dates('time', zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, 'en-GB').format(at),
    second: (at, zone) =>
      dates(
        'second',
        zone,
        { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
        'en-GB',
      ).format(at),
    date: (at, zone) =>
      dates('date', zone, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(at),
    day: (at, zone) => dates('day', zone, { weekday: 'long', day: 'numeric', month: 'long' }).format(at),
    shortDay: (at, zone) =>
      dates('short', zone, { weekday: 'short', day: 'numeric', month: 'short' }).format(at),
    zone: (zone, at) => part('zone', zone, 'long', at),
    offset: (zone, at) => part('offset', zone, 'shortOffset', at),
    country: (code) => guarded(() => regions.of(code), code),
    tongue: (code) => guarded(() => tongues.of(code), code),
    list: (items) => lists.format(items),
  };
}

// DisplayNames throws on a malformed code; a timetable typed by hand may hold one.
function guarded(name: () => string | undefined, code: string): string {
  try {
    return name() ?? code;
  } catch {
    return code;
  }
}

/** dayKey names a calendar day in a zone, sortable: 2021-12-06. */
export function dayKey(at: number, zone: string): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(at);
}

/** digits writes a duration as 4:05 or 1:04:05. It never goes below zero. */
export function digits(ms: number): string {
  const total = Math.max(0, Math.ceil(ms / 1000));
  const seconds = String(total % 60).padStart(2, '0');
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

/** minutes is the whole minutes in a duration, never below zero. */
export function minutes(ms: number): number {
  return Math.max(0, Math.floor(ms / 60_000));
}

/** sameClock tells whether two zones show the same time at that moment. */
export function sameClock(a: string, b: string, at: number): boolean {
  const shown = (zone: string): string =>
    new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      dateStyle: 'short',
      timeStyle: 'short',
      hourCycle: 'h23',
    }).format(at);
  return shown(a) === shown(b);
}
