/** Scenes of a line that breaks, or carries less than a consultation wants. */
import type { Participant } from '../../src/protocol/types';
import type { Tile, Visit } from '../../src/room/model';
import { face } from './faces';
import { consultation, moment, person, type RoomSetting, roomOf, type Setting, tile, visitOf } from './fakes';

const firm = () => person('firm', 'firm', 'Firm 01', ['microphone', 'camera']);
const buyer = () => person('buyer', 'buyer', 'Buyer US-1', ['microphone', 'camera']);
const interpreter = () => person('int', 'interpreter', 'Interpreter EN', ['microphone', 'camera']);

const held = (who: Participant, heldBy: Tile['heldBy']): Tile => ({ ...tile(who, 'person', null), heldBy });

function room(setting: Partial<RoomSetting>, visit: Partial<Setting> = {}): Visit {
  const tiles = [
    tile(buyer(), 'self', face(3)),
    tile(firm(), 'person', face(0)),
    tile(interpreter(), 'person', face(1)),
  ];
  return visitOf({ ...visit, place: { at: 'room', room: roomOf({ tiles, ...setting }) } });
}

const away = { state: 'reconnecting', since: moment - 5000 } as const;

export const lineScenes: Record<string, () => Visit> = {
  room_away: () => room({}, { connection: away }),
  room_late: () => room({}, { connection: { state: 'late', since: moment - 5000 } }),
  room_held: () =>
    room({
      tiles: [
        tile(buyer(), 'self', face(3)),
        held({ ...firm(), name: '주식회사 한빛니트텍스타일 서울사무소' }, 'me'),
        held(interpreter(), 'me'),
      ],
    }),
  room_resting: () =>
    room({
      tiles: [
        tile(buyer(), 'self', face(3)),
        held({ ...firm(), resting: ['camera'] }, 'them'),
        tile(interpreter(), 'person', face(1)),
      ],
    }),
  room_rests: () => room({ resting: true }),
  room_narrow: () =>
    room({
      tiles: [
        tile(buyer(), 'self', face(3)),
        tile({ ...firm(), narrow: true }, 'person', face(0)),
        tile(interpreter(), 'person', face(1)),
      ],
    }),
  room_no_way: () =>
    room(
      {
        tiles: [
          tile(buyer(), 'self', face(3)),
          tile(firm(), 'person', null),
          tile(interpreter(), 'person', null),
        ],
      },
      { connection: { state: 'no_media' } },
    ),
  lobby_no_way: () =>
    visitOf({
      place: { at: 'lobby', next: consultation('S01', 7.5), waiting: { for: 'person' } },
      connection: { state: 'no_media' },
    }),
};
