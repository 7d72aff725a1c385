import { describe, expect, test } from 'vitest';
import type { Note } from '../../../protocol/types';
import { anyNew, ringing } from './rings';
import { iso, minute, rowOf } from './testing';

describe('sound', () => {
  const call: Note = { id: 'n1', at: iso(4), from: { role: 'firm', name: '' }, text: '', kind: 'call' };
  const late = (expected?: number) =>
    rowOf({
      phase: 'waiting',
      buyer: ['absent'],
      change: {
        alerts: [
          {
            kind: 'late',
            roles: ['buyer'],
            since: iso(2),
            ...(expected === undefined ? {} : { expected_at: iso(expected) }),
          },
        ],
      },
    });

  test('a late side rings once, whatever else changes', () => {
    const first = ringing([], [late()], minute(2));
    expect(anyNew(first, new Set())).toBe(true);
    expect(anyNew(ringing([], [late()], minute(3)), first)).toBe(false);
  });

  test('who is coming rings not before they should be here', () => {
    const first = ringing([], [late()], minute(2));
    expect(anyNew(ringing([], [late(9)], minute(4)), first)).toBe(false);
    expect(anyNew(ringing([], [late(9)], minute(9)), first)).toBe(true);
  });

  test('a call rings, an answered one does not', () => {
    expect(anyNew(ringing([call], [], minute(4)), new Set())).toBe(true);
    expect(ringing([{ ...call, seen_at: iso(5) }], [], minute(5)).size).toBe(0);
  });

  test('a no-show and an ended room are quiet', () => {
    const alerts = [{ kind: 'no_show' as const, roles: ['buyer' as const], since: iso(10) }];
    expect(ringing([], [rowOf({ change: { alerts } })], minute(11)).size).toBe(0);
    expect(ringing([], [{ ...late(), clock: { ...late().clock, phase: 'ended' } }], minute(50)).size).toBe(0);
  });
});
