import type { ChatMessage } from '../../src/protocol/types';
import type { Tile, Visit } from '../../src/room/model';
import { board } from './board';
import { face, slide } from './faces';
import { consultation, day, moment, person, type RoomSetting, roomOf, tile, time, visitOf } from './fakes';
import { hallScenes } from './hall';
import { lineScenes } from './lines';
import { staffScenes } from './staff';
import { touches } from './touches';
import { wallScenes } from './wall';

const soon = () => consultation('S01', 7.5);
const far = () => consultation('S01', 27.5);

const chat: ChatMessage[] = [
  ['firm', 'Firm 01', 'Good evening. The samples are numbers A-12 to A-18.'],
  ['buyer', 'Buyer US-1', 'Thank you. What is the minimum order for A-12?'],
  ['interpreter', 'Interpreter EN', 'A-12: 500 kg a colour. 색상당 500 kg입니다.'],
  ['firm', 'Firm 01', 'The sheet is here: https://example.org/lookbook/a-12.pdf'],
].map(([role, name, text], index) => ({
  id: `m${index}`,
  at: time(index - 5),
  seat: `S01/${role}`,
  role: role as ChatMessage['role'],
  name: name ?? '',
  text: text ?? '',
}));

const firm = () => person('firm', 'firm', 'Firm 01', ['microphone', 'camera']);
const buyer = () => person('buyer', 'buyer', 'Buyer US-1', ['microphone', 'camera']);
const interpreter = () => person('int', 'interpreter', 'Interpreter EN', ['microphone', 'camera']);

const buyersTiles = (): Tile[] => [
  tile(buyer(), 'self', face(3)),
  tile(firm(), 'person', face(0)),
  tile(interpreter(), 'person', face(1)),
];

function room(setting: Partial<RoomSetting> = {}, visit: Partial<Parameters<typeof visitOf>[0]> = {}): Visit {
  return visitOf({
    ...visit,
    place: { at: 'room', room: roomOf({ tiles: buyersTiles(), chat, ...setting }) },
  });
}

export const scenes: Record<string, () => Visit> = {
  opening: () => visitOf({ place: { at: 'opening' } }),
  stopped: () => visitOf({ place: { at: 'stopped', code: 'link_revoked' } }),
  moved: () => visitOf({ place: { at: 'stopped', code: 'replaced' } }),
  in_app: () => visitOf({ place: { at: 'unsupported', reason: 'in_app' } }),
  lobby: () =>
    visitOf({
      place: { at: 'lobby', next: soon(), waiting: { for: 'person' } },
      consultations: [
        soon(),
        consultation('S09', 1507.5, { firm: { name: 'Firm 11', products: 'printing' } }),
      ],
    }),
  lobby_early: () =>
    visitOf({
      place: { at: 'lobby', next: far(), waiting: { for: 'doors', opensAt: moment + 754_000, joins: true } },
    }),
  lobby_denied: () =>
    visitOf({
      place: { at: 'lobby', next: soon(), waiting: { for: 'person' } },
      camera: { state: 'problem', problem: 'denied' },
      microphone: { state: 'problem', problem: 'denied' },
    }),
  lobby_move: () => visitOf({ place: { at: 'lobby', next: soon(), waiting: { for: 'move' } } }),
  lobby_long: () =>
    visitOf({
      role: 'observer',
      place: { at: 'lobby', next: day[1] ?? null, waiting: { for: 'retry', code: 'unavailable' } },
    }),
  lobby_interpreter: () =>
    visitOf({
      role: 'interpreter',
      name: 'Interpreter EN',
      place: { at: 'lobby', next: soon(), waiting: { for: 'reply' } },
      consultations: day,
    }),
  lobby_none: () => visitOf({ place: { at: 'lobby', next: null, waiting: { for: 'person' } } }),
  booth: () =>
    visitOf({
      kind: 'booth',
      role: 'firm',
      name: 'Firm 05',
      consultations: day,
      place: {
        at: 'lobby',
        next: consultation('S04', 17.5, day[1]),
        waiting: { for: 'doors', opensAt: moment + 150_000, joins: true },
      },
    }),
  booth_open: () =>
    visitOf({
      kind: 'booth',
      role: 'firm',
      name: 'Firm 05',
      consultations: day,
      place: { at: 'lobby', next: day[1] ?? null, waiting: { for: 'person' } },
      camera: { state: 'problem', problem: 'missing' },
    }),
  booth_devices: () =>
    visitOf({
      kind: 'booth',
      role: 'firm',
      name: 'Firm 05',
      consultations: day,
      place: {
        at: 'lobby',
        next: consultation('S04', 17.5, day[1]),
        waiting: { for: 'doors', opensAt: moment + 150_000, joins: true },
      },
      doors: {
        state: 'shown',
        access: {
          publish: {
            url: 'https://meet.example.kr/whip/nudeswotfr4nibbl',
            token: 'EoX5sWm4ZKqk1fTnR7cVbGd9',
          },
          watch: { url: 'https://meet.example.kr/whep/nudeswotfr4nibbl', token: 'q8HjUy2LpNwA6xSeC3vMrTkB' },
        },
      },
    }),
  booth_none: () =>
    visitOf({
      kind: 'booth',
      role: 'firm',
      consultations: day.slice(0, 1),
      place: { at: 'lobby', next: null, waiting: { for: 'person' } },
    }),
  room: () => room({ unread: 3, speakers: ['firm'] }),
  room_closeup: () =>
    room({
      auxiliaries: [
        {
          id: 'e1',
          kind: 'encoder',
          seat: 'S04/firm',
          role: 'firm',
          name: '양주니트',
          sources: ['closeup'],
          since: time(0),
        },
        { id: 'w1', kind: 'screen', name: '경기섬유종합지원센터', sources: [], since: time(0) },
      ],
      tiles: [
        { ...tile(firm(), 'stage', face(0)), closeup: true },
        tile(buyer(), 'self', face(3)),
        tile(firm(), 'person', face(0)),
      ],
    }),
  room_helped: () =>
    room(
      { helpers: [{ name: '김민지', mode: 'speak', to_me: true }] },
      { told: { id: 'o1', kind: 'mute', by: '김민지', source: 'microphone', outcome: 'done' } },
    ),
  room_listened: () =>
    room(
      {
        helpers: [{ name: '경기섬유종합지원센터', mode: 'listen', to_me: false }],
        tiles: [tile(firm(), 'self', face(0)), tile(buyer(), 'person', face(3))],
      },
      {
        role: 'firm',
        told: { id: 'o1', kind: 'microphone', by: '김민지', source: null, outcome: 'failed' },
      },
    ),
  lobby_held: () =>
    visitOf({ place: { at: 'lobby', next: soon(), waiting: { for: 'admission', joins: true } } }),
  lobby_invited: () =>
    visitOf({
      place: { at: 'lobby', next: consultation('S01', -2.5), waiting: { for: 'person' } },
      invitedBy: '김민지',
      told: { id: 'o1', kind: 'diagnose', by: '김민지', source: null, outcome: 'working' },
    }),
  booth_held: () =>
    visitOf({
      kind: 'booth',
      role: 'firm',
      consultations: day,
      place: { at: 'lobby', next: day[1] ?? null, waiting: { for: 'admission', joins: false } },
    }),
  room_booth: () =>
    room(
      {
        tiles: [
          tile(firm(), 'self', face(0)),
          tile(buyer(), 'person', face(3)),
          tile(interpreter(), 'person', face(1)),
        ],
      },
      { kind: 'booth', role: 'firm' },
    ),
  room_alone: () =>
    room({
      tiles: [tile(buyer(), 'self', face(3))],
      clock: { phase: 'waiting', starts_at: time(4), ends_at: time(44) },
      chat: [],
    }),
  room_interpreter: () =>
    room(
      {
        tiles: [
          tile(interpreter(), 'self', face(1)),
          tile(firm(), 'person', face(0)),
          tile(buyer(), 'person', face(3)),
        ],
        warning: 2,
        clock: { phase: 'closing', ends_at: time(1.8) },
      },
      { role: 'interpreter' },
    ),
  room_states: () =>
    room(
      {
        tiles: [
          tile({ ...buyer(), sources: [] }, 'self', null),
          tile({ ...firm(), away: true }, 'person', face(0)),
          tile({ ...interpreter(), sources: [] }, 'person', null),
        ],
        soundBlocked: true,
      },
      {
        camera: { state: 'off' },
        microphone: { state: 'off' },
        connection: { state: 'reconnecting', since: moment - 5000 },
      },
    ),
  room_stage: () =>
    room({ tiles: [...buyersTiles(), tile({ ...firm(), sources: ['screen'] }, 'stage', slide())] }),
  room_full: () =>
    room({
      speakers: ['int', 'buyer'],
      tiles: [
        ...buyersTiles(),
        tile(
          {
            ...person('firm2', 'firm', '주식회사 한빛니트텍스타일 서울사무소', ['camera']),
            seat: 'S01/firm/2',
          },
          'person',
          face(2),
        ),
        tile(
          { ...buyer(), id: 'buyer2', name: 'Comercializadora Textil del Norte S.A. de C.V.' },
          'person',
          face(4),
        ),
        tile(person('obs', 'observer', 'Export adviser', ['microphone', 'camera']), 'person', face(5)),
      ],
    }),
  room_farewell: () =>
    room({ clock: { phase: 'closing', ends_at: time(-1), closes_at: time(1.2) }, sharing: true }),
  over: () =>
    visitOf({
      place: {
        at: 'over',
        consultation: consultation('S01', -12.5),
        why: 'left',
        back: true,
        next: consultation('S01', -12.5),
      },
    }),
  over_ended: () =>
    visitOf({
      role: 'interpreter',
      place: {
        at: 'over',
        consultation: consultation('S01', -42.5),
        why: 'ended',
        back: false,
        next: day[2] ?? null,
      },
    }),
  console: () =>
    visitOf({
      kind: 'console',
      role: 'coordinator',
      trial: true,
      place: { at: 'console', board: board() },
      consultations: [],
    }),
  ...Object.fromEntries(
    Object.keys(touches).map((name) => [
      name,
      () =>
        visitOf({
          kind: 'console',
          role: 'coordinator',
          place: { at: 'console', board: board() },
          consultations: [],
        }),
    ]),
  ),
  ...hallScenes,
  ...lineScenes,
  ...wallScenes,
  ...staffScenes,
};
