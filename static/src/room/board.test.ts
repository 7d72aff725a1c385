import { expect, test } from 'vitest';
import type { BoothState, Note } from '../protocol/types';
import { ConsoleBoard, withRow } from './board';
import { clock, consultationAt, day, iso } from './testing';

const row = (id: string, minutes: number, phase: 'live' | 'open' = 'open') => ({
  consultation: consultationAt(id, minutes),
  clock: clock({ phase }),
  seats: [],
  alerts: [],
});

test('a row replaces the one of its consultation, in its place', () => {
  const rows = withRow([row('a', 0), row('b', 50)], row('a', 0, 'live'));
  expect(rows.map((r) => [r.consultation.id, r.clock.phase])).toEqual([
    ['a', 'live'],
    ['b', 'open'],
  ]);
});

test('a new row goes where its time puts it', () => {
  const rows = withRow([row('a', 0), row('c', 100)], row('b', 50));
  expect(rows.map((r) => r.consultation.id)).toEqual(['a', 'b', 'c']);
  expect(withRow(rows, row('d', 150)).at(-1)?.consultation.id).toBe('d');
});

const booth = (id: string, connected: boolean): BoothState => ({
  id,
  name: id,
  connected,
  reply_to: `booth/${id}`,
});
const note = (id: string, over: Partial<Note> = {}): Note => ({
  id,
  at: iso(day),
  from: { role: 'firm', name: 'Firm', reply_to: 'a/firm' },
  text: 'Hello',
  kind: 'text',
  ...over,
});

test('booths and notes are replaced in their place, news come last', () => {
  const board = new ConsoleBoard({
    event: 'e',
    token: () => '',
    doc: {} as Document,
    fetcher: fetch,
    newKey: () => 'k',
    note: async () => undefined,
    seen: async () => undefined,
  });
  board.reset({ seq: 1, rows: [], booths: [booth('A', false), booth('B', true)], notes: [note('1')] });
  board.apply([
    { booth: booth('A', true) },
    { note: note('2') },
    { note: note('1', { seen_by: 'Kim' }) },
    { row: row('a', 0) },
  ]);
  expect(board.booths.value.map((b) => [b.id, b.connected])).toEqual([
    ['A', true],
    ['B', true],
  ]);
  expect(board.notes.value.map((n) => [n.id, n.seen_by])).toEqual([
    ['1', 'Kim'],
    ['2', undefined],
  ]);
  expect(board.rows.value).toHaveLength(1);
});
