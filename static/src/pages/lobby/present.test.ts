import { expect, test } from 'vitest';
import type { Consultation, SeatState } from '../../protocol/types';
import type { Gathering } from '../../room/model';
import { presentOf } from './present';

const seat = (of: string, state: SeatState['state']): SeatState => ({
  seat: of,
  name: of,
  role: 'firm',
  state,
  sources: [],
});

test('present are the others in lobby and room, never the own seat or who is not there', () => {
  const gathering = {
    consultation: { seat: 'S01/buyer' } as Consultation,
    clock: {},
    seats: [
      seat('S01/buyer', 'lobby'),
      seat('S01/firm', 'here'),
      seat('S01/firm/2', 'lobby'),
      seat('S01/interpreter', 'away'),
      seat('S01/observer', 'absent'),
      seat('S01/observer/2', 'left'),
    ],
  } as unknown as Gathering;
  expect(presentOf(gathering).map(({ name, word }) => [name, word])).toEqual([
    ['S01/firm', 'present.inRoom'],
    ['S01/firm/2', 'present.inLobby'],
    ['S01/interpreter', 'room.away'],
  ]);
});
