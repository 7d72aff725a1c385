import { describe, expect, test } from 'vitest';
import { choicesOf, hearingOf, ownMode, released } from './help';
import { rowOf } from './testing';

describe('who hears the coordinator', () => {
  const row = rowOf({ interpreter: ['here', -1] });

  test('a whisper names who does not hear it', () => {
    expect(hearingOf({ mode: 'speak', consultation: 'S01', to: 'firm' }, row)).toEqual({
      mode: 'whisper',
      room: 'S01',
      to: 'firm',
      deaf: ['buyer', 'interpreter'],
    });
  });

  test('who is not there is not said to be deaf', () => {
    const alone = rowOf({ buyer: ['lobby', 1] });
    expect(hearingOf({ mode: 'speak', consultation: 'S01', to: 'firm' }, alone)).toMatchObject({ deaf: [] });
  });

  test('a room that another speaks in is in use', () => {
    const why = { what: 'refused', code: 'conflict' } as const;
    expect(hearingOf({ mode: 'failed', consultation: 'S01', why, still: 'listen' }, row)).toEqual({
      mode: 'failed',
      room: 'S01',
      why: 'in_use',
      listens: true,
    });
  });

  test('a tap keeps the button down, a long press ends with its release', () => {
    expect(released(120)).toBe('stays');
    expect(released(900)).toBe('ends');
  });
});

test('what I do in a room is told of that room, and of no other', () => {
  expect(ownMode({ mode: 'listen', consultation: 'S01', to: null }, 'S01')).toBe('listen');
  expect(ownMode({ mode: 'speak', consultation: 'S01', to: 'firm' }, 'S01')).toBe('speak');
  expect(ownMode({ mode: 'listen', consultation: 'S01', to: null }, 'S02')).toBeNull();
  expect(ownMode({ mode: 'quiet' }, 'S01')).toBeNull();
});

test('a browser that does not say which device it takes takes its default', () => {
  const list = [{ deviceId: 'a', label: '' }];
  const told = { byDefault: 'Default', unnamed: (number: number) => `Device ${number}` };
  const own = { value: 'a', label: 'Device 1' };
  expect(choicesOf(list, '', told)).toEqual([{ value: '', label: 'Default' }, own]);
  expect(choicesOf(list, 'a', told)).toEqual([own]);
});
