import { expect, test } from 'vitest';
import { changeBetween, offsetOf, type TimeFacts, timeWarnings } from './timetruth';

const at = (text: string): number => Date.parse(text);

/** A buyer in Paris, invited in November, for a morning in December. */
function facts(over: Partial<TimeFacts> = {}): TimeFacts {
  return {
    device: at('2021-12-01T00:00:00Z'),
    server: at('2021-12-01T00:00:00Z'),
    here: 'Europe/Paris',
    eventZone: 'Asia/Seoul',
    country: 'FR',
    buyerZone: 'Europe/Paris',
    start: at('2021-12-06T08:00:00Z'),
    invited: at('2021-11-20T00:00:00Z'),
    zonesOf: (country) => (country === 'US' ? ['America/New_York', 'America/Los_Angeles'] : []),
    ...over,
  };
}

test('nothing is said when all is right', () => {
  expect(timeWarnings(facts())).toEqual([]);
});

test.each([
  ['Asia/Seoul', '2021-12-06T00:00:00Z', 540],
  ['Europe/Paris', '2021-07-01T00:00:00Z', 120],
  ['America/New_York', '2021-12-06T23:59:59Z', -300],
  ['Asia/Kolkata', '2021-12-06T12:34:56Z', 330],
  ['Europe/Moscow', '2021-03-28T12:00:00Z', 180],
])('%s at %s is %i minutes east', (zone, when, minutes) => {
  expect(offsetOf(zone, at(when))).toBe(minutes);
});

test('an unknown zone has no offset, and warns nobody', () => {
  expect(offsetOf('Mars/Olympus', 0)).toBeNull();
  expect(timeWarnings(facts({ here: 'Mars/Olympus' }))).toEqual([]);
});

test('a clock more than a minute off is told, to either side', () => {
  const server = at('2021-12-01T00:00:00Z');
  expect(timeWarnings(facts({ device: server + 61_000 }))).toEqual([{ what: 'clock', offset: 61_000 }]);
  expect(timeWarnings(facts({ device: server - 3_600_000 }))).toEqual([
    { what: 'clock', offset: -3_600_000 },
  ]);
  expect(timeWarnings(facts({ device: server + 60_000 }))).toEqual([]);
  expect(timeWarnings(facts({ device: 0, server: null }))).toEqual([]);
});

test('a device in another zone than its buyer is told', () => {
  expect(timeWarnings(facts({ here: 'Asia/Seoul' }))).toEqual([
    { what: 'zone', device: 'Asia/Seoul', expected: 'Europe/Paris', country: 'FR' },
  ]);
});

test('a zone that shows the same time on the day fits', () => {
  expect(timeWarnings(facts({ here: 'Europe/Berlin' }))).toEqual([]);
});

test('with the country alone any of its zones fits', () => {
  const american = { country: 'US', buyerZone: '' };
  expect(timeWarnings(facts({ ...american, here: 'America/Toronto' }))).toEqual([]);
  expect(timeWarnings(facts({ ...american, here: 'Asia/Seoul' }))).toMatchObject([
    { what: 'zone', expected: null, country: 'US' },
  ]);
  expect(timeWarnings(facts({ country: 'XX', buyerZone: '', here: 'Asia/Seoul' }))).toEqual([]);
});

test('who is no buyer is asked for no zone', () => {
  expect(timeWarnings(facts({ country: '', buyerZone: '', here: 'Asia/Seoul' }))).toEqual([]);
});

test('a change of clocks between invitation and day is told with its instant', () => {
  expect(timeWarnings(facts({ invited: at('2021-10-20T00:00:00Z') }))).toEqual([
    { what: 'daylight', where: 'here', zone: 'Europe/Paris', at: at('2021-10-31T01:00:00Z'), shift: -60 },
  ]);
});

test("the event's own change is told to readers elsewhere, once where it is the reader's", () => {
  const spring = {
    start: at('2022-03-14T15:00:00Z'),
    invited: at('2022-03-01T00:00:00Z'),
    eventZone: 'America/New_York',
  };
  const change = { what: 'daylight', at: at('2022-03-13T07:00:00Z'), shift: 60, zone: 'America/New_York' };
  expect(timeWarnings(facts(spring))).toEqual([{ ...change, where: 'event' }]);
  const there = { here: 'America/New_York', buyerZone: 'America/New_York', country: 'US' };
  expect(timeWarnings(facts({ ...spring, ...there }))).toEqual([{ ...change, where: 'here' }]);
});

test('two changes that cancel each other, and a zone without any, are no news', () => {
  expect(changeBetween('Europe/Paris', at('2021-01-10T00:00:00Z'), at('2021-12-06T00:00:00Z'))).toBeNull();
  expect(changeBetween('Europe/Moscow', at('2021-01-10T00:00:00Z'), at('2021-07-06T00:00:00Z'))).toBeNull();
});

test('of three changes the last one counts', () => {
  expect(changeBetween('Europe/Paris', at('2020-12-10T00:00:00Z'), at('2022-07-01T00:00:00Z'))).toEqual({
    at: at('2022-03-27T01:00:00Z'),
    shift: 60,
  });
});
