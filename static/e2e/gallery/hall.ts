/** Scenes of lobby, day, booth and room beyond the plain ones. */
import { signal } from '@preact/signals';
import type { Consultation, Notice, SeatState } from '../../src/protocol/types';
import type { Gathering, NoteLine, Place, Visit } from '../../src/room/model';
import { face } from './faces';
import { consultation, day, moment, person, roomOf, type Setting, tile, time, visitOf } from './fakes';
import { networkFound } from './network';

const notice: Notice = {
  name: 'notice-1',
  records: ['attendance', 'chat', 'notes', 'device_test'],
  retention_days: 90,
};

const soon = () => consultation('S01', 7.5);

const seat = (
  of: Consultation,
  role: SeatState['role'],
  state: SeatState['state'],
  name: string,
): SeatState => ({
  seat: `${of.id}/${role}`,
  role,
  name,
  state,
  sources: [],
});

function gathering(of: Consultation, ...seats: SeatState[]): Gathering {
  return {
    consultation: of,
    clock: {
      phase: 'waiting',
      opens_at: of.opens_at,
      starts_at: of.starts_at,
      ends_at: of.ends_at,
      overrun: false,
      server_time: time(0),
    },
    seats,
  };
}

const notes: NoteLine[] = (
  [
    [true, 'Hello, my camera shows no picture. Can I come in without it?', 'sent', true],
    [
      false,
      'Yes, please go in. A colleague calls you about the camera after the consultation.',
      'sent',
      false,
    ],
    [true, 'Thank you very much.', 'sending', false],
  ] as const
).map(([mine, text, state, seen], index) => ({
  id: `n${index}`,
  at: moment - (4 - index) * 60_000,
  mine,
  name: mine ? '' : '김하늘',
  text,
  kind: 'text',
  state,
  seen,
}));

const lobby = (setting: Partial<Setting> = {}): Visit =>
  visitOf({ place: { at: 'lobby', next: soon(), waiting: { for: 'person' } }, ...setting });

const boothAt = (setting: Partial<Setting> = {}): Visit =>
  visitOf({
    kind: 'booth',
    role: 'firm',
    name: 'Firm 05',
    consultations: day,
    place: {
      at: 'lobby',
      next: day[1] ?? null,
      waiting: { for: 'doors', opensAt: moment + 150_000, joins: true },
    },
    ...setting,
  });

const lobbyOf = (next: Consultation | null): Place => ({
  at: 'lobby',
  next,
  waiting: next ? { for: 'doors', opensAt: Date.parse(next.opens_at), joins: false } : { for: 'person' },
});

function boothRoom(setting: Partial<Setting> = {}): Visit {
  const tiles = [
    tile(person('firm', 'firm', 'Firm 01', ['microphone', 'camera']), 'self', face(0)),
    tile(person('int', 'interpreter', 'Interpreter EN', ['microphone', 'camera']), 'person', face(1)),
  ];
  const clock = { phase: 'waiting', starts_at: time(1.9), ends_at: time(41.9) } as const;
  return visitOf({
    kind: 'booth',
    role: 'firm',
    consultations: day,
    place: { at: 'room', room: roomOf({ tiles, clock }) },
    ...setting,
  });
}

function buyersRoom(setting: Partial<Setting> = {}): Visit {
  const tiles = [
    tile(person('buyer', 'buyer', 'Buyer US-1', ['microphone', 'camera']), 'self', face(3)),
    tile(person('firm', 'firm', 'Firm 01', ['microphone', 'camera']), 'person', face(0)),
    tile(person('int', 'interpreter', 'Interpreter EN', ['microphone', 'camera']), 'person', face(1)),
  ];
  return visitOf({ place: { at: 'room', room: roomOf({ tiles }) }, ...setting });
}

/** Five more minutes, a moment after the page has come. */
function extended(): Visit {
  const visit = buyersRoom();
  const place = visit.place.peek();
  if (place.at === 'room') {
    const clock = signal(place.room.clock.peek());
    setTimeout(() => {
      clock.value = { ...clock.value, ends_at: time(32.5) };
    }, 100);
    return { ...visit, place: signal({ at: 'room', room: { ...place.room, clock } }) };
  }
  return visit;
}

const week = [
  ...day,
  consultation('S21', 1447.5),
  consultation('S22', 1507.5, {
    firm: { name: 'Firm 11', products: 'printing' },
    buyer: {
      name: 'Comercializadora Textil del Norte S.A. de C.V.',
      country: 'MX',
      zone: '',
      language: 'es',
    },
  }),
];

const shown = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29">${Array.from({ length: 420 }, (_, i) =>
    (i * 7919) % 13 < 6 ? `<path d="M${i % 29} ${Math.floor(i / 29) * 2}h1v1h-1z"/>` : '',
  ).join('')}</svg>`,
)}`;

const tomorrow = () => consultation('S31', 1447.5);

export const hallScenes: Record<string, () => Visit> = {
  lobby_consent: () =>
    lobby({
      consent: { state: 'asked', notice },
      gathering: gathering(
        soon(),
        seat(soon(), 'firm', 'here', 'Firm 01'),
        seat(soon(), 'interpreter', 'lobby', 'Interpreter EN'),
      ),
    }),
  lobby_consent_failed: () => lobby({ consent: { state: 'failed', notice, code: null } }),
  lobby_alone: () =>
    lobby({ gathering: gathering(soon()), consent: { state: 'given', notice, at: moment - 86_400_000 } }),
  lobby_warned: () =>
    lobby({
      warnings: [
        { what: 'clock', offset: 187_000 },
        { what: 'zone', device: 'Asia/Seoul', expected: 'America/New_York', country: 'US' },
        {
          what: 'daylight',
          where: 'here',
          zone: 'America/New_York',
          at: Date.parse('2021-11-07T06:00:00Z'),
          shift: -60,
        },
      ],
    }),
  lobby_voice: () => lobby({ voice: { state: 'recording', until: moment + 3000 } }),
  lobby_asked: () => lobby({ voice: { state: 'asked' }, readiness: { microphone: 'passed' } }),
  lobby_silent: () =>
    lobby({
      voice: { state: 'failed', why: 'silent' },
      readiness: { microphone: 'failed', media: 'untested' },
    }),
  lobby_tone: () =>
    lobby({ voice: { state: 'not_heard' }, tone: { state: 'not_heard' }, readiness: { speaker: 'failed' } }),
  lobby_well: () =>
    lobby({ voice: { state: 'heard' }, readiness: { microphone: 'passed', speaker: 'passed' } }),
  lobby_practice: () =>
    lobby({ practice: { state: 'on', picture: face(3), pictureOn: true, soundOn: true } }),
  lobby_network_runs: () => lobby({ network: { state: 'running', step: 'media' } }),
  lobby_network_good: () => lobby({ network: networkFound() }),
  lobby_network_narrow: () =>
    lobby({ network: networkFound({ up_kbps: 220, down_kbps: 480, jitter_ms: 38 }) }),
  lobby_network_around: () =>
    lobby({
      network: networkFound({ udp: 'failed', tcp: 'failed', route: 'relay', path: 'relay', rtt_ms: 310 }),
    }),
  lobby_network_blocked: () =>
    lobby({
      network: networkFound({
        udp: 'failed',
        tcp: 'failed',
        tls: 'failed',
        route: '',
        rtt_ms: 0,
        jitter_ms: 0,
        up_kbps: 0,
        down_kbps: 0,
      }),
    }),
  lobby_note: () => lobby({ notes: notes.slice(0, 2), unread: 1 }),
  lobby_qr: () => lobby({ handover: { state: 'shown', picture: shown, url: 'https://sangdam.example/#x' } }),
  lobby_day: () =>
    lobby({
      role: 'interpreter',
      name: 'Interpreter EN',
      consultations: week,
      place: lobbyOf(day[1] ?? null),
    }),
  lobby_over_day: () =>
    lobby({ consultations: day.slice(0, 1).concat(day.slice(3, 4)), place: lobbyOf(null) }),
  booth_idle: () => boothAt({ place: lobbyOf(day[2] ?? null) }),
  booth_empty: () => boothAt({ consultations: [tomorrow()], place: lobbyOf(tomorrow()) }),
  booth_ringing: () =>
    boothAt({
      ring: { state: 'ringing', consultation: consultation('S04', 1.9, day[1]) },
      place: { at: 'lobby', next: consultation('S04', 1.9, day[1]), waiting: { for: 'reply' } },
    }),
  booth_called: () => boothAt({ call: { state: 'called', at: moment } }),
  booth_answered: () =>
    boothAt({
      call: {
        state: 'answered',
        name: '김하늘',
        text: 'I am with you in two minutes. Please check the power cable.',
      },
      health: { microphone: 'silent' },
    }),
  booth_failed: () => boothAt({ call: { state: 'failed', code: null }, health: { loss: 0.2 } }),
  booth_present: () =>
    boothAt({
      place: { at: 'lobby', next: day[1] ?? null, waiting: { for: 'person' } },
      gathering: gathering(day[1] ?? soon(), seat(soon(), 'interpreter', 'lobby', 'Interpreter ES')),
    }),
  room_ringing: () =>
    boothRoom({
      ring: { state: 'ringing', consultation: consultation('S01', 1.9) },
      health: { camera: 'dark' },
    }),
  room_called: () => boothRoom({ call: { state: 'answered', name: '김하늘', text: '' } }),
  room_note: () => buyersRoom({ notes: notes.slice(0, 2), unread: 1 }),
  room_extended: extended,
  over_buyer: () =>
    visitOf({
      place: { at: 'over', consultation: consultation('S01', -42.5), why: 'ended', back: false, next: null },
    }),
  over_booth: () =>
    visitOf({
      kind: 'booth',
      role: 'firm',
      place: {
        at: 'over',
        consultation: consultation('S01', -42.5),
        why: 'ended',
        back: false,
        next: day[2] ?? null,
      },
    }),
};
