import { expect, test } from 'vitest';
import type { Row, SeatPresence, SeatRole } from '../../protocol/types';
import { countsOf, dayFor, daysOf, entriesOf, entryOf } from './board';

const start = Date.parse('2021-12-06T01:00:00Z');
const iso = (minutes: number): string => new Date(start + minutes * 60_000).toISOString();
const now = start + 6 * 60_000;

type Seen = [SeatPresence, number?];

function row(
  id: string,
  firm: Seen,
  buyer: Seen,
  change: Partial<Row['clock']> = {},
  booth = 'Booth 1',
): Row {
  const seat = (role: SeatRole, [state, since]: Seen) => ({
    seat: `${id}/${role}`,
    role,
    name: '',
    state,
    sources: [],
    ...(since === undefined ? {} : { since: iso(since) }),
  });
  const clock = {
    phase: 'waiting',
    opens_at: iso(-15),
    starts_at: iso(0),
    ends_at: iso(40),
    overrun: false,
    server_time: iso(6),
    ...change,
  } as Row['clock'];
  return {
    consultation: { id, booth, starts_at: clock.starts_at, ends_at: clock.ends_at } as Row['consultation'],
    clock,
    seats: [seat('firm', firm), seat('buyer', buyer)],
    alerts: [],
    vitals: [],
    contacts: [],
    held: [],
    helpers: [],
    auxiliaries: [],
  };
}

test('who has not come by the start is missing since the start', () => {
  expect(entryOf(row('S1', ['here', -3], ['absent']), now).trouble).toEqual({
    what: 'missing',
    who: 'buyer',
    ms: 360_000,
  });
  expect(entryOf(row('S1', ['absent'], ['absent']), now).trouble).toMatchObject({ who: 'both' });
});

test('who left is missing since then', () => {
  expect(entryOf(row('S1', ['left', 2], ['here', -1]), now).trouble).toEqual({
    what: 'missing',
    who: 'firm',
    ms: 240_000,
  });
});

test('nobody is missing before the start, nor after the end', () => {
  expect(entryOf(row('S1', ['absent'], ['absent'], { starts_at: iso(10) }), now).trouble).toBeNull();
  expect(entryOf(row('S1', ['left', 1], ['left', 1], { phase: 'ended' }), now).trouble).toBeNull();
});

test('a short silence is no trouble, a longer one is', () => {
  const at = (since: number) =>
    entryOf(row('S1', ['here', 0], ['away', since], { phase: 'live' }), now).trouble;
  expect(at(5.9)).toBeNull();
  expect(at(5)).toEqual({ what: 'away', role: 'buyer', ms: 60_000 });
});

test('rows stand by time, then booth, whatever their state', () => {
  const rows = [
    row('S3', ['absent'], ['absent'], {}, 'Booth 10'),
    row('S2', ['here', 0], ['here', 0], { phase: 'live' }, 'Booth 2'),
    row('S1', ['absent'], ['absent'], { phase: 'ended' }, 'Booth 11'),
  ];
  const order = entriesOf(rows, '2021-12-06', 'Asia/Seoul', now).map((entry) => entry.row.consultation.id);
  expect(order).toEqual(['S2', 'S3', 'S1']);
});

test('counts say how many talk, wait and are late', () => {
  const rows = [
    row('S1', ['here', 0], ['here', 0], { phase: 'live' }),
    row('S2', ['here', 0], ['here', 0], { phase: 'closing' }),
    row('S3', ['here', 0], ['absent']),
  ];
  expect(countsOf(entriesOf(rows, '2021-12-06', 'Asia/Seoul', now))).toEqual({
    live: 2,
    waiting: 1,
    late: 1,
  });
});

test('the day that is open first is today, else the next, else the last', () => {
  const rows = [row('S1', ['absent'], ['absent']), row('S2', ['absent'], ['absent'])];
  if (rows[1]) rows[1].consultation.starts_at = iso(3 * 24 * 60);
  const days = daysOf(rows, 'Asia/Seoul');
  expect(days.map((day) => day.key)).toEqual(['2021-12-06', '2021-12-09']);
  expect(dayFor(days, '2021-12-06')).toBe('2021-12-06');
  expect(dayFor(days, '2021-12-07')).toBe('2021-12-09');
  expect(dayFor(days, '2022-01-01')).toBe('2021-12-09');
  expect(dayFor([], '2022-01-01')).toBeNull();
});

test('a proposed no-show stands until somebody decides', () => {
  const proposed = row('S1', ['here', -3], ['absent']);
  proposed.alerts = [{ kind: 'no_show', roles: ['buyer'], since: iso(0) }];
  expect(entryOf(proposed, now)).toMatchObject({ proposed: 'no_show_buyer', verdict: null });
  proposed.alerts = [{ kind: 'late', roles: ['buyer'], since: iso(0) }];
  expect(entryOf(proposed, now).proposed).toBeNull();
  proposed.alerts = [{ kind: 'no_show', roles: ['firm', 'buyer'], since: iso(0) }];
  expect(entryOf({ ...proposed, verdict: 'pending' }, now).proposed).toBe('no_show_both');
  expect(entryOf({ ...proposed, verdict: 'technical' }, now)).toMatchObject({
    proposed: null,
    verdict: 'technical',
  });
});
