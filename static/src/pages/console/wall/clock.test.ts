import { describe, expect, test } from 'vitest';
import { firstSeat, missingOf, remainingOf } from './clock';
import { iso, minute, type RowOf, rowOf } from './testing';

describe('the line with the clock', () => {
  test.each<[string, RowOf, number, object]>([
    ['counts to the start', { phase: 'open' }, -4, { to: 'start', ms: 240_000 }],
    ['says that both came before the time', { phase: 'live' }, -4, { to: 'early', ms: 240_000 }],
    ['tells how late it is', { phase: 'waiting', buyer: ['absent'] }, 3, { to: 'late', ms: 180_000 }],
    ['counts to the end', { phase: 'live' }, 30, { to: 'end', ms: 600_000 }],
    ['tells how far over it is', { phase: 'closing' }, 41, { to: 'over', ms: 60_000 }],
    [
      'counts to the closing of the room',
      { phase: 'closing', clock: { closes_at: iso(42) } },
      41,
      { to: 'close', ms: 60_000 },
    ],
    ['tells when it ended', { phase: 'ended' }, 50, { to: 'ended', at: minute(40) }],
  ])('%s', (_, of, minutes, wanted) => {
    expect(remainingOf(rowOf(of), minute(minutes))).toEqual(wanted);
  });
});

test('before the start nobody is late, and still one sees who is not there', () => {
  const row = rowOf({ phase: 'waiting', buyer: ['lobby', -4], interpreter: ['absent'] });
  expect(missingOf(row, minute(-2)).map(({ role, state, since }) => [role, state, since])).toEqual([
    ['buyer', 'lobby', null],
    ['interpreter', 'absent', null],
  ]);
});

test('who never came is missing since the start, who left since then', () => {
  const row = rowOf({ firm: ['absent'], buyer: ['left', 4] });
  expect(missingOf(row, minute(6)).map(({ since }) => since)).toEqual([minute(0), minute(4)]);
});

test('the minutes of who is missing stop at the end', () => {
  const untils = (phase: 'ended' | 'waiting', now: number) =>
    missingOf(rowOf({ phase, buyer: ['absent'] }), minute(now)).map(({ until }) => until);
  expect(untils('ended', 48)).toEqual([minute(40)]);
  expect(untils('ended', 12)).toEqual([minute(12)]);
  expect(untils('waiting', 12)).toEqual([minute(12)]);
});

test('a consultation without an interpreter misses none', () => {
  expect(missingOf(rowOf(), minute(5))).toEqual([]);
});

test('of several people of a side the wall shows who is there', () => {
  const row = rowOf({ firm: ['left', 3] });
  const here = { ...row.seats[1], role: 'firm', seat: 'S01/firm/2' } as (typeof row.seats)[number];
  expect(firstSeat({ ...row, seats: [...row.seats, here] }, 'firm')?.seat).toBe('S01/firm/2');
  expect(firstSeat(row, 'observer')).toBeNull();
});
