import { describe, expect, test } from 'vitest';
import type { Note } from '../../../protocol/types';
import { nextOf } from './next';
import { roomOf } from './rooms';
import { iso, minute, type RowOf, rowOf, vitalsOf } from './testing';

const call: Note = {
  id: 'n1',
  at: iso(4),
  from: { role: 'firm', name: '', seat: 'S01/firm', reply_to: 'booth:1' },
  text: '',
  kind: 'call',
};
const alert = (kind: 'late' | 'no_show', change = {}) => ({
  alerts: [{ kind, roles: ['buyer' as const], since: iso(2), ...change }],
});
const missing: RowOf = { phase: 'waiting', buyer: ['absent'] };

describe('one next action', () => {
  test.each<[string, RowOf, string]>([
    ['a live room is listened to', {}, 'listen'],
    ['a closing one is extended', { phase: 'closing' }, 'extend'],
    ['one that waits is looked at', { phase: 'waiting', buyer: ['lobby', 4] }, 'look'],
    ['who is late is found', { ...missing, change: alert('late') }, 'find'],
    [
      'who is coming may be called again',
      { ...missing, change: alert('late', { expected_at: iso(9) }) },
      'find',
    ],
    ['a no-show is decided', { ...missing, change: alert('no_show') }, 'decide'],
    [
      'who waits before the door is let in',
      { buyer: ['lobby', 4], change: { held: ['S01/buyer'] } },
      'admit',
    ],
    ['who is cut off is helped', { buyer: ['away', 3] }, 'help'],
  ])('%s', (_, of, wanted) => {
    expect(nextOf(roomOf(rowOf(of), [], [], minute(5)), true).do).toBe(wanted);
  });

  test('a call is answered', () => {
    expect(nextOf(roomOf(rowOf(), [], [call], minute(5)), true)).toEqual({ do: 'answer', to: 'booth:1' });
  });

  test('a symptom that hurts is helped, one worth knowing changes nothing', () => {
    const with_ = (symptoms: Parameters<typeof vitalsOf>[1]) =>
      nextOf(roomOf(rowOf(), [vitalsOf('S01/buyer', symptoms)], [], minute(5)), true).do;
    expect(with_({ symptoms: ['microphone_silent'], quality: 'fair' })).toBe('help');
    expect(with_({ symptoms: ['tcp'] })).toBe('listen');
  });

  test('who may only look is offered to look', () => {
    expect(nextOf(roomOf(rowOf({ ...missing, change: alert('late') }), [], [], minute(5)), false).do).toBe(
      'look',
    );
  });
});
