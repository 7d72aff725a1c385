import { describe, expect, test } from 'vitest';
import {
  keeping,
  nextIn,
  onWall,
  places,
  roomOf,
  type Standings,
  standingsOf,
  upcoming,
  worstOf,
} from './rooms';
import { iso, minute, type RowOf, rowOf, vitalsOf } from './testing';

const none: Standings = new Map();
const room = (of: RowOf, symptoms: Parameters<typeof vitalsOf>[1] | null = null, minutes = 5) =>
  roomOf(rowOf(of), symptoms ? [vitalsOf(`${of.id ?? 'S01'}/buyer`, symptoms)] : [], [], minute(minutes));
const late = (since: number) => ({
  alerts: [{ kind: 'late' as const, roles: ['buyer' as const], since: iso(since) }],
});

describe('which rooms are on the wall', () => {
  test.each([
    [{ phase: 'live' }, true],
    [{ phase: 'closing' }, true],
    [{ phase: 'waiting' }, true],
    [{ phase: 'open', from: 20 }, true],
    [{ phase: 'scheduled', from: 20 }, true],
    [{ phase: 'scheduled', from: 21 }, false],
    [{ phase: 'ended' }, false],
    [{ phase: 'ended', change: late(2) }, true],
    [{ phase: 'ended', change: { ...late(2), verdict: 'no_show_buyer' } }, false],
    [{ phase: 'cancelled' }, false],
  ] as const)('%j: %s', (of, shown) => {
    expect(onWall(rowOf(of as RowOf), minute(5))).toBe(shown);
  });
});

test('rooms in which all is well stand by booth, as numbers', () => {
  const rooms = ['Booth 10', 'Booth 2', 'Booth 1'].map((booth, index) => room({ id: `S${index}`, booth }));
  expect(places(rooms, standingsOf(none, rooms, minute(5)))).toEqual(['S2', 'S1', 'S0']);
});

test('trouble goes to the top, the worst first, then what began first; the rest keep their places', () => {
  const rooms = [
    room({ id: 'A', booth: 'Booth 1' }),
    room({ id: 'B', booth: 'Booth 2', buyer: ['left', 3] }),
    room({ id: 'C', booth: 'Booth 3', phase: 'waiting', buyer: ['absent'], change: late(4) }),
    room({ id: 'D', booth: 'Booth 4' }),
    room({ id: 'E', booth: 'Booth 5', phase: 'waiting', buyer: ['absent'], change: late(2) }),
  ];
  expect(places(rooms, standingsOf(none, rooms, minute(5)))).toEqual(['E', 'C', 'B', 'A', 'D']);
});

test('what is only worth knowing moves no tile', () => {
  const rooms = [
    room({ id: 'A', booth: 'Booth 1' }),
    room({ id: 'B', booth: 'Booth 2' }, { symptoms: ['relay'] }),
  ];
  expect(places(rooms, standingsOf(none, rooms, minute(5)))).toEqual(['A', 'B']);
});

test('a symptom that comes and goes leaves its tile on top until it has been well for a while', () => {
  const well = room({ id: 'B', booth: 'Booth 2' });
  const sick = room({ id: 'B', booth: 'Booth 2' }, { symptoms: ['voice_broken'], quality: 'poor' });
  const a = room({ id: 'A', booth: 'Booth 1' });
  const steps = [
    [sick, 0, 'B'],
    [well, 7000, 'B'],
    [sick, 8000, 'B'],
    [well, 9000, 'B'],
    [well, 16_999, 'B'],
    [well, 17_000, 'A'],
  ] as const;
  let standings = none;
  for (const [now, ms, first] of steps) {
    standings = standingsOf(standings, [a, now], minute(5) + ms);
    expect(places([a, now], standings)[0], `after ${ms} ms`).toBe(first);
  }
});

test('a room that has left the wall is forgotten', () => {
  const sick = room({ id: 'B' }, { symptoms: ['no_media'], quality: 'none' });
  expect([...standingsOf(standingsOf(none, [sick], minute(5)), [], minute(6)).keys()]).toEqual([]);
});

test('a tile that somebody is about to press keeps its place', () => {
  expect(keeping(['C', 'A', 'B'], ['A', 'B', 'C'], 'A')).toEqual(['A', 'C', 'B']);
  expect(keeping(['C', 'A', 'B'], ['A', 'B', 'C'], 'C')).toEqual(['A', 'B', 'C']);
  expect(keeping(['C', 'A', 'B'], ['A', 'B', 'C'], null)).toEqual(['C', 'A', 'B']);
  expect(keeping(['B'], ['A', 'B'], 'A')).toEqual(['B']);
  expect(keeping(['A'], ['X', 'Y', 'A'], 'A')).toEqual(['A']);
});

test('next in this booth is the first that follows there on the same day', () => {
  const row = rowOf({ id: 'A' });
  const rows = [
    row,
    rowOf({ id: 'B', from: 100, phase: 'scheduled' }),
    rowOf({ id: 'C', from: 50, phase: 'cancelled' }),
    rowOf({ id: 'D', from: 60, phase: 'scheduled' }),
    rowOf({ id: 'E', from: 55, phase: 'scheduled', booth: 'Booth 2' }),
    rowOf({ id: 'F', from: -50, phase: 'ended' }),
  ];
  expect(nextIn(row, rows, 'Asia/Seoul')?.consultation.id).toBe('D');
  const tomorrow = rowOf({ id: 'G', from: 1440, phase: 'scheduled' });
  expect(nextIn(row, [row, tomorrow], 'Asia/Seoul')).toBeNull();
});

test('an empty wall tells what comes first', () => {
  const rows = [
    rowOf({ id: 'A', from: 300, phase: 'scheduled' }),
    rowOf({ id: 'B', from: 90, phase: 'scheduled' }),
    rowOf({ id: 'C', from: -90, phase: 'ended' }),
  ];
  expect(upcoming(rows, minute(0))?.consultation.id).toBe('B');
  expect(upcoming([], minute(0))).toBeNull();
});

test('what else is the matter counts what wants somebody to act', () => {
  const hints = room({ firm: ['left', 3] }, { symptoms: ['relay', 'hidden'] });
  expect(hints).toMatchObject({ rank: 2, others: 0 });
  const suffers = room({ firm: ['left', 3] }, { symptoms: ['one_way_in', 'relay'] });
  expect(suffers).toMatchObject({ rank: 3, others: 1 });
});

test('the wall is as bad as its worst room', () => {
  expect(worstOf([])).toBe(0);
  expect(worstOf([room({}), room({ buyer: ['left', 3] })])).toBe(2);
});
