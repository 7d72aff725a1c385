import { expect, test } from 'vitest';
import { applyChange, truthOf } from './snapshot';
import { clock, day, iso, joined, participant } from './testing';

const start = truthOf(joined([participant('a'), participant('b')]));

test('a participant comes, changes in place, and leaves', () => {
  let truth = applyChange(start, { participant: participant('c') });
  expect(truth.participants.map((p) => p.id)).toEqual(['a', 'b', 'c']);
  truth = applyChange(truth, { participant: participant('a', { sources: [] }) });
  expect(truth.participants.map((p) => p.id)).toEqual(['a', 'b', 'c']);
  expect(truth.participants[0]?.sources).toEqual([]);
  truth = applyChange(truth, { left: { id: 'b', reason: 'left' } });
  expect(truth.participants.map((p) => p.id)).toEqual(['a', 'c']);
  expect(start.participants).toHaveLength(2);
});

test('a message that comes twice stands once', () => {
  const chat = { id: 'm1', at: iso(day), seat: 'S01/a', role: 'firm', name: 'a', text: 'hello' } as const;
  const once = applyChange(start, { chat });
  expect(applyChange(once, { chat }).chat).toHaveLength(1);
});

test('an extension takes the warning away, an unchanged clock does not', () => {
  const warned = applyChange(start, { warning: { minutes_left: 2 } });
  expect(warned.warning).toBe(2);
  expect(applyChange(warned, { clock: clock({ phase: 'closing' }) }).warning).toBe(2);
  expect(applyChange(warned, { clock: clock({ ends_at: iso(day + 50 * 60_000) }) }).warning).toBeNull();
  expect(applyChange(warned, { clock: clock({ overrun: true }) }).warning).toBeNull();
});

test('the slot map is replaced as a whole', () => {
  const one = applyChange(start, {
    slots: [{ slot: 0, kind: 'person', participant: 'a', paused: false, hold_ms: 0 }],
  });
  expect(applyChange(one, { slots: [] }).slots).toEqual([]);
});
