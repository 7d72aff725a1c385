import { expect, test } from 'vitest';
import type { Consultation } from '../protocol/types';
import type { Place, RoomModel } from './model';
import { Turning } from './turning';

const of = (id: string) => ({ id }) as Consultation;
const lobby = (id: string | null): Place => ({
  at: 'lobby',
  next: id === null ? null : of(id),
  waiting: { for: 'person' },
});
const room = (id: string): Place => ({ at: 'room', room: { consultation: of(id) } as RoomModel });
const over = (id: string): Place => ({
  at: 'over',
  consultation: of(id),
  why: 'ended',
  back: false,
  next: null,
});

test('a booth turns away when it waits for another consultation, or for none', () => {
  const turning = new Turning();
  expect([lobby('S01'), room('S01'), over('S01'), lobby('S02')].map((p) => turning.look(p))).toEqual([
    false,
    false,
    false,
    true,
  ]);
  expect(turning.look(lobby(null))).toBe(true);
  expect(turning.look(lobby('S03'))).toBe(false);
});

test('a booth turns away when it goes from one room into the next', () => {
  const turning = new Turning();
  turning.look(room('S01'));
  expect(turning.look(room('S02'))).toBe(true);
});

test('a way back into the same room is no turning away', () => {
  const turning = new Turning();
  expect(
    [room('S01'), { at: 'opening' } as Place, lobby('S01'), room('S01')].map((p) => turning.look(p)),
  ).toEqual([false, false, false, false]);
});
