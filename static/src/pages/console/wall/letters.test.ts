import { describe, expect, test } from 'vitest';
import type { Note } from '../../../protocol/types';
import { lettersOf, readersOf } from './letters';
import { iso, rowOf } from './testing';

describe('the letters of a room', () => {
  const note = (id: string, at: number, change: Partial<Note>): Note => ({
    id,
    at: iso(at),
    from: { role: 'coordinator', name: 'Kim' },
    text: id,
    kind: 'text',
    ...change,
  });
  const booth = { id: 'b1', name: 'Booth 1', connected: true, reply_to: 'booth:b1' };

  test('are those of its people, its booth and what was written to it', () => {
    const notes = [
      note('hers', 2, { from: { role: 'buyer', name: '', seat: 'S01/buyer', reply_to: 'session:7' } }),
      note('answer', 3, { to: 'session:7' }),
      note('room', 1, { to: 'S01' }),
      note('seat', 4, { to: 'S01/firm' }),
      note('booth', 5, { to: 'booth:b1' }),
      note('before', -60, { to: 'booth:b1' }),
      note('other', 2, { to: 'S02/firm' }),
      note('all', 2, { to: '*' }),
    ];
    expect(lettersOf(rowOf(), notes, [booth]).map(({ id }) => id)).toEqual([
      'room',
      'hers',
      'answer',
      'seat',
      'booth',
    ]);
  });

  test('each reader has their language', () => {
    expect(
      readersOf(rowOf({ interpreter: ['here'] }), 'ko').map(({ to, language }) => [to, language]),
    ).toEqual([
      ['S01/firm', 'ko'],
      ['S01/buyer', 'fr'],
      ['S01/interpreter', 'fr'],
      ['S01', ''],
    ]);
    expect(readersOf(rowOf(), 'ko').map(({ role }) => role)).toEqual(['firm', 'buyer', 'all']);
  });
});
