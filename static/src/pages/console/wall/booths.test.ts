import { describe, expect, test } from 'vitest';
import type { Timetable } from '../../../protocol/types';
import { boothNamed, freeBooths } from './booths';
import { minute, rowOf } from './testing';

describe('booths to move to', () => {
  const booths = ['Booth 1', 'Booth 2', 'Booth 3', 'Booth 4'].map((name, n) => ({ id: `b${n + 1}`, name }));
  const table = { booths } as Timetable;
  const row = rowOf({ id: 'A' });

  test('are those that nobody needs until the end', () => {
    const rows = [
      row,
      rowOf({ id: 'B', booth: 'Booth 2', from: 30, phase: 'scheduled' }),
      rowOf({ id: 'C', booth: 'Booth 3', from: 40, phase: 'scheduled' }),
      rowOf({ id: 'D', booth: 'Booth 4', from: -10, phase: 'ended' }),
    ];
    expect(freeBooths(table, row, rows, minute(5)).map(({ name }) => name)).toEqual(['Booth 3', 'Booth 4']);
  });

  test('not one in which people talk on beyond their end', () => {
    const over = rowOf({ id: 'B', booth: 'Booth 2', from: -40, phase: 'live', clock: { overrun: true } });
    expect(freeBooths(table, row, [row, over], minute(5)).map(({ id }) => id)).toEqual(['b3', 'b4']);
  });

  test('an unknown booth is called by its id', () => {
    expect(boothNamed(booths, 'b2')).toBe('Booth 2');
    expect(boothNamed(booths, 'b9')).toBe('b9');
  });
});
