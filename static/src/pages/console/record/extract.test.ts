import { expect, test } from 'vitest';
import type { AttendanceRecord } from '../../../protocol/types';
import { choicesOf, everything, recordsOf, sumOf } from './extract';

function record(
  starts: string,
  firm: string,
  country: string,
  verdict: AttendanceRecord['verdict'],
): AttendanceRecord {
  return {
    consultation: `${firm}${starts}`,
    starts_at: starts,
    ends_at: starts,
    booth: '',
    firm_id: `id-${firm}`,
    firm,
    buyer: '',
    country,
    zone: 'UTC',
    verdict,
    corrections: [],
    together_seconds: 0,
    on_paper: false,
    evidence: [],
    contacts: [],
    seats: [],
  };
}

// In Seoul the second one is on the next day.
const all = [
  record('2021-12-06T01:00:00Z', 'B', 'FR', 'held'),
  record('2021-12-06T16:00:00Z', 'A', 'US', 'no_show_buyer'),
  record('2021-12-07T02:00:00Z', 'B', 'US', 'pending'),
  record('2021-12-07T03:00:00Z', 'A', 'FR', 'cancelled'),
  record('2021-12-07T04:00:00Z', 'A', 'FR', 'held_by_phone'),
];
const zone = 'Asia/Seoul';

test('a day is the center’s', () => {
  expect(choicesOf(all, zone)).toEqual({
    days: ['2021-12-06', '2021-12-07'],
    firms: [
      { id: 'id-A', name: 'A' },
      { id: 'id-B', name: 'B' },
    ],
    countries: ['FR', 'US'],
  });
  expect(recordsOf(all, { ...everything, day: '2021-12-07' }, zone)).toHaveLength(4);
  expect(recordsOf(all, { ...everything, day: '2021-12-06' }, zone)).toEqual([all[0]]);
});

test('firm and country narrow what is left', () => {
  expect(recordsOf(all, { day: '', firm: 'id-B', country: 'US' }, zone)).toEqual([all[2]]);
  expect(recordsOf(all, everything, zone)).toHaveLength(5);
});

test('what was held by phone is held, and what is not over is neither', () => {
  expect(sumOf(all)).toEqual({ all: 5, held: 2, noShow: 1, open: 1 });
});
