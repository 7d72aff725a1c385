import { describe, expect, test } from 'vitest';
import type { Note, Row } from '../../../protocol/types';
import { mattersOf, rankOfSymptom } from './matters';
import { iso, minute, rowOf, vitalsOf } from './testing';

const now = minute(5);
const whats = (...args: Parameters<typeof mattersOf>) => mattersOf(...args).map(({ what }) => what);

test('a room in which all is well has no matter', () => {
  expect(mattersOf(rowOf(), [vitalsOf('S01/firm'), vitalsOf('S01/buyer')], [], now)).toEqual([]);
});

test('distance alone is no matter', () => {
  expect(mattersOf(rowOf(), [vitalsOf('S01/buyer', { rtt_ms: 420 })], [], now)).toEqual([]);
});

test('who is late is the matter; who said that they come is a note until then', () => {
  const late = { kind: 'late', roles: ['buyer'], since: iso(2), call_at: iso(3) } as const;
  const alerts = [{ ...late, roles: ['buyer' as const] }];
  const row = rowOf({ phase: 'waiting', buyer: ['absent'], change: { alerts } });
  expect(mattersOf(row, [], [], now)[0]).toMatchObject({ what: 'late', roles: ['buyer'], callAt: minute(3) });
  const coming = rowOf({
    phase: 'waiting',
    buyer: ['absent'],
    change: { alerts: [{ ...late, roles: ['buyer'], expected_at: iso(8) }] },
  });
  expect(whats(coming, [], [], now)).toEqual(['coming']);
  expect(whats(coming, [], [], minute(8))).toEqual(['late']);
});

test('a no-show that somebody decided is no matter any more', () => {
  const alerts = [
    {
      kind: 'no_show' as const,
      roles: ['buyer' as const],
      since: iso(10),
      proposed: 'no_show_buyer' as const,
    },
  ];
  const row = rowOf({ phase: 'waiting', buyer: ['absent'], change: { alerts } });
  expect(mattersOf(row, [], [], minute(12))[0]).toMatchObject({ what: 'no_show', verdict: 'no_show_buyer' });
  expect(mattersOf({ ...row, verdict: 'no_show_buyer' }, [], [], minute(12))).toEqual([]);
  expect(whats({ ...row, verdict: 'pending' }, [], [], minute(12))).toEqual(['no_show']);
});

test('a short reconnecting is a change of network, a longer one a matter', () => {
  const row = rowOf({ buyer: ['away', 4.9] });
  expect(mattersOf(row, [], [], now)).toEqual([]);
  expect(mattersOf(row, [], [], now + 15_000)).toEqual([{ what: 'away', role: 'buyer', since: minute(4.9) }]);
});

test('a side with a colleague in the room is there', () => {
  const row = rowOf({ firm: ['left', 4] });
  const colleague = { ...rowOf().seats[0], seat: 'S01/firm/2' } as (typeof row.seats)[number];
  expect(whats(row, [], [], now)).toEqual(['left']);
  expect(whats({ ...row, seats: [...row.seats, colleague] }, [], [], now)).toEqual([]);
});

test('who was removed matters when they stand before the door', () => {
  const held = ['S01/buyer'];
  expect(whats(rowOf({ buyer: ['lobby', 4], change: { held } }), [], [], now)).toEqual(['held']);
  expect(whats(rowOf({ buyer: ['here', 4], change: { held } }), [], [], now)).toEqual([]);
});

test('a call of its people is the matter of a room until it is seen to', () => {
  const call: Note = {
    id: 'n1',
    at: iso(4),
    from: { role: 'firm', name: 'Booth 1', seat: 'S01/firm', reply_to: 'booth:1' },
    text: '',
    kind: 'call',
  };
  expect(mattersOf(rowOf(), [], [call], now)).toEqual([{ what: 'call', since: minute(4), to: 'booth:1' }]);
  expect(mattersOf(rowOf({ id: 'S02' }), [], [call], now)).toEqual([]);
  expect(mattersOf(rowOf(), [], [{ ...call, seen_at: iso(5) }], now)).toEqual([]);
});

test('the worst comes first, and of equals what began first', () => {
  const alerts = [{ kind: 'late' as const, roles: ['interpreter' as const], since: iso(2) }];
  const row = rowOf({ buyer: ['left', 3], change: { alerts } });
  const vitals = [vitalsOf('S01/firm', { symptoms: ['relay', 'one_way_out'], quality: 'poor' })];
  const told = mattersOf(row, vitals, [], now).map((one) =>
    one.what === 'symptom' ? one.symptom : one.what,
  );
  expect(told).toEqual(['late', 'one_way_out', 'left', 'relay']);
});

test('what was measured of somebody who is gone is not told', () => {
  const vitals = [vitalsOf('S01/buyer', { symptoms: ['no_media'], quality: 'none' })];
  expect(whats(rowOf({ buyer: ['left', 4] }), vitals, [], now)).toEqual(['left']);
});

test('an ended room has no one to be helped', () => {
  expect(mattersOf(rowOf({ phase: 'ended', buyer: ['left', 40] }), [], [], minute(41))).toEqual([]);
});

describe('a symptom weighs as much as its person suffers', () => {
  test.each([
    ['no_media', 'none', 3],
    ['one_way_in', 'good', 3],
    ['voice_broken', 'fair', 2],
    ['loss_up', 'good', 1],
    ['relay', 'good', 1],
    ['cpu', 'poor', 2],
  ] as const)('%s at %s: %i', (symptom, quality, rank) => {
    expect(rankOfSymptom(symptom, { quality })).toBe(rank);
  });
});

test('of equal symptoms that of who fares worse comes first', () => {
  const vitals = [
    vitalsOf('S01/firm', { symptoms: ['microphone_clipping'], quality: 'fair' }),
    vitalsOf('S01/buyer', { symptoms: ['voice_broken'], quality: 'poor' }),
  ];
  expect(mattersOf(rowOf(), vitals, [], now)[0]).toMatchObject({ symptom: 'voice_broken' });
});

test('after the end nobody is on the way any more', () => {
  const alerts: Row['alerts'] = [{ kind: 'no_show', roles: ['buyer'], since: iso(10), expected_at: iso(60) }];
  const row = rowOf({ phase: 'ended', buyer: ['absent'], change: { alerts } });
  expect(mattersOf(row, [], [], minute(48)).map(({ what }) => what)).toEqual(['no_show']);
});
