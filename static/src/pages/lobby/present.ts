import type { Key } from '../../i18n/words';
import type { SeatRole } from '../../protocol/types';
import type { Gathering } from '../../room/model';
import type { Shape, Tone } from '../../ui/state';

/** Somebody else who is there before the talk: in the lobby like the reader, or in the room. */
export interface Present {
  key: string;
  name: string;
  role: SeatRole;
  word: Key;
  tone: Tone;
  shape: Shape;
}

const signs = {
  lobby: { word: 'present.inLobby', tone: 'wait', shape: 'half' },
  here: { word: 'present.inRoom', tone: 'live', shape: 'full' },
  away: { word: 'room.away', tone: 'wait', shape: 'ring' },
} as const;

/** presentOf leaves the reader's own seat out: its other device is no company. */
export function presentOf(gathering: Gathering): Present[] {
  return gathering.seats.flatMap(({ seat, name, role, state }, index) => {
    if (seat === gathering.consultation.seat || state === 'absent' || state === 'left') {
      return [];
    }
    return [{ key: `${seat} ${index}`, name, role, ...signs[state] }];
  });
}
