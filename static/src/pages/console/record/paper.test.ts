import { expect, test } from 'vitest';
import type { AttendanceRecord, AttendanceSeat } from '../../../protocol/types';
import { beginPaper, instantOf, paperOf } from './paper';

const seat = (role: AttendanceSeat['role'], came: boolean): AttendanceSeat => ({
  seat: `S01/${role}`,
  role,
  seconds: 0,
  away_seconds: 0,
  late_seconds: 0,
  intervals: came ? [{ from: '2021-12-06T01:00:00Z', paper: false, entry: 'e' }] : [],
});

const record = {
  starts_at: '2021-12-06T01:00:00Z',
  ends_at: '2021-12-06T01:40:00Z',
  seats: [seat('firm', true), seat('buyer', false)],
} as AttendanceRecord;
const zone = 'Asia/Seoul';

test('the form begins with the planned times and a seat that nobody was seen on', () => {
  expect(beginPaper(record, zone)).toEqual({ seat: 'S01/buyer', from: '10:00', to: '10:40', provenance: '' });
});

test('times on paper are the center’s', () => {
  const draft = { ...beginPaper(record, zone), from: '10:02', provenance: ' list of booth 6 ' };
  expect(paperOf(draft, record, zone)).toEqual({
    seat: 'S01/buyer',
    from: '2021-12-06T01:02:00.000Z',
    to: '2021-12-06T01:40:00.000Z',
    provenance: 'list of booth 6',
  });
});

test('without a paper, or with an end before the beginning, there is nothing to send', () => {
  const draft = beginPaper(record, zone);
  expect(paperOf(draft, record, zone)).toBeNull();
  expect(paperOf({ ...draft, provenance: 'list', to: '09:00' }, record, zone)).toBeNull();
});

test.each([
  ['2021-12-06T10:00', 'Asia/Seoul', '2021-12-06T01:00:00Z'],
  ['2021-03-28T01:30', 'Europe/Berlin', '2021-03-28T00:30:00Z'],
  ['2021-03-28T03:30', 'Europe/Berlin', '2021-03-28T01:30:00Z'],
  ['2021-10-31T04:00', 'Europe/Berlin', '2021-10-31T03:00:00Z'],
  ['2021-07-01T00:00', 'America/New_York', '2021-07-01T04:00:00Z'],
])('%s in %s is %s', (local, where, instant) => {
  expect(new Date(instantOf(local, where)).toISOString()).toBe(new Date(instant).toISOString());
});
