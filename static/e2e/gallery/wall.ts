/** The wall as a coordinator meets it: sixteen rooms of which some are in trouble, thirty, none; help, banners. */
import { signal } from '@preact/signals';
import type {
  Alert,
  BoothState,
  Clock,
  Contacted,
  Note,
  Row,
  Script,
  SeatPresence,
  SeatRole,
  SeatState,
  Symptom,
  Vitals,
} from '../../src/protocol/types';
import type { BoardModel, HelpState, Visit } from '../../src/room/model';
import { desk } from './desk';
import { consultation, type Setting, time, visitOf } from './fakes';
import { officeDesk, recordDesk } from './record';
import { type SteeringSetting, steeringOf } from './steering';

const firms = ['Firm 01', '주식회사 한빛니트텍스타일', 'Firm 03', 'Firm 04', 'Firm 05', 'Firm 06', 'Firm 07'];
const buyers = [
  ['Buyer US-1', 'US', 'America/New_York', 'en'],
  ['Comercializadora Textil del Norte S.A. de C.V.', 'MX', 'America/Mexico_City', 'es'],
  ['Buyer FR-1', 'FR', 'Europe/Paris', 'fr'],
  ['Buyer VN-1', 'VN', 'Asia/Ho_Chi_Minh', 'vi'],
  ['Buyer TR-1', 'TR', 'Europe/Istanbul', 'tr'],
  ['Buyer AE-1', 'AE', 'Asia/Dubai', 'ar'],
  ['Buyer DE-1', 'DE', 'Europe/Berlin', 'de'],
  ['Buyer JP-1', 'JP', 'Asia/Tokyo', 'ja'],
] as const;

const korean = new URLSearchParams(window.location.search).get('language') === 'ko';
const boothName = (n: number) => (korean ? `${n}번 부스` : `Booth ${n}`);

export type Seen = readonly [SeatPresence, number?];

interface RoomOf {
  n: number;
  from: number;
  phase: Clock['phase'];
  seats: readonly [Seen, Seen, Seen];
  change?: Partial<Row>;
  clock?: Partial<Clock>;
  /** seats whose camera is off */
  dark?: readonly SeatRole[];
}

const roles = ['firm', 'buyer', 'interpreter'] as const;

function room({ n, from, phase, seats, change, clock, dark = [] }: RoomOf): Row {
  const [name, country, zone, language] = buyers[n % buyers.length] ?? buyers[0];
  const id = `S${String(n).padStart(2, '0')}`;
  const about = consultation(id, from, {
    phase,
    booth: boothName(((n - 1) % 30) + 1),
    firm: { name: firms[n % firms.length] ?? '', products: 'circular knits' },
    buyer: { name, country, zone, language },
    interpreter:
      n % 5 === 0
        ? { name: '', languages: [] }
        : { name: `Interpreter ${language}`, languages: ['ko', language] },
  });
  const states = roles.flatMap((role, index): SeatState[] => {
    if (role === 'interpreter' && n % 5 === 0) return [];
    const [state, since] = seats[index] ?? ['absent'];
    const here = state === 'here' || state === 'away';
    return [
      {
        seat: `${id}/${role}`,
        role,
        name: about[role].name,
        state,
        sources: here ? (dark.includes(role) ? ['microphone'] : ['microphone', 'camera']) : [],
        ...(since === undefined ? {} : { since: time(since) }),
      },
    ];
  });
  return {
    consultation: about,
    clock: {
      phase,
      opens_at: about.opens_at,
      starts_at: about.starts_at,
      ends_at: about.ends_at,
      overrun: false,
      server_time: time(0),
      ...clock,
    },
    seats: states,
    alerts: [],
    vitals: [],
    contacts: [],
    held: [],
    helpers: [],
    auxiliaries: [],
    ...change,
  };
}

const live = (n: number, from: number, change: Partial<Row> = {}): Row =>
  room({
    n,
    from,
    phase: 'live',
    seats: [
      ['here', from - 6],
      ['here', from - 2],
      ['here', from - 4],
    ],
    change,
  });

const alert = (kind: Alert['kind'], since: number, change: Partial<Alert> = {}): Partial<Row> => ({
  alerts: [{ kind, roles: ['buyer'], since: time(since), ...change }],
});

const tried: Contacted[] = [
  { id: 'k1', at: time(-3), name: '김민지', role: 'buyer', outcome: 'no_answer' },
  {
    id: 'k2',
    at: time(-1.5),
    name: '김민지',
    role: 'buyer',
    outcome: 'called',
    words: korean ? '비서에게 전함' : 'Left word with the assistant',
  },
];
const me = { id: 'a1', name: '김민지', since: time(-40) };
const other = { id: 'a3', name: '이도윤', since: time(-15) };

function sixteen(): Row[] {
  const here: Seen = ['here', -14];
  return [
    live(1, -22, { care: me }),
    room({
      n: 2,
      from: -13,
      phase: 'waiting',
      seats: [here, ['absent'], here],
      change: { ...alert('no_show', -3, { proposed: 'no_show_buyer' }), contacts: tried, care: me },
    }),
    room({
      n: 3,
      from: -4.5,
      phase: 'waiting',
      seats: [['here', -9], ['absent'], ['here', -6]],
      change: { ...alert('late', -2.5, { call_at: time(-1.5) }), contacts: tried.slice(0, 1) },
    }),
    room({
      n: 4,
      from: -6,
      phase: 'waiting',
      seats: [['here', -9], ['absent'], ['here', -6]],
      change: {
        ...alert('late', -4, { call_at: time(-3), expected_at: time(3.5) }),
        contacts: [{ id: 'k3', at: time(-1), name: '이도윤', role: 'buyer', outcome: 'coming', minutes: 5 }],
        care: other,
      },
    }),
    live(5, -22, { care: me }),
    live(6, -22, { helpers: [{ name: '이도윤', mode: 'listen', to_me: false }] }),
    live(7, -22),
    room({ n: 8, from: -22, phase: 'live', seats: [here, ['away', -1.2], here] }),
    live(9, -36.5),
    room({
      n: 10,
      from: -42,
      phase: 'live',
      seats: [here, here, here],
      clock: { overrun: true },
      change: { care: other },
    }),
    room({ n: 11, from: -38.4, phase: 'closing', seats: [here, here, here] }),
    room({ n: 12, from: 7.5, phase: 'open', seats: [['lobby', -2], ['absent'], ['absent']] }),
    room({ n: 13, from: 12, phase: 'scheduled', seats: [['absent'], ['absent'], ['absent']] }),
    live(14, -22),
    room({
      n: 15,
      from: -22,
      phase: 'live',
      seats: [here, ['lobby', -0.5], here],
      change: { held: ['S15/buyer'] },
    }),
    room({ n: 16, from: -22, phase: 'live', seats: [here, here, ['absent']], dark: ['buyer'] }),
    // what follows in some booths
    ...[31, 33, 35, 36].map((n) =>
      room({ n, from: 40, phase: 'scheduled', seats: [['absent'], ['absent'], ['absent']] }),
    ),
  ];
}

function sick(rows: readonly Row[], symptoms: Record<string, [Vitals['quality'], ...Symptom[]]>) {
  return new Map(
    rows.map((row) => [
      row.consultation.id,
      row.seats
        .filter(({ state }) => state === 'here')
        .map((seat): Vitals => {
          const [quality, ...found] = symptoms[seat.seat] ?? ['good'];
          return {
            seat: seat.seat,
            route: found.includes('tcp') ? 'tcp' : 'udp',
            rtt_ms: seat.role === 'buyer' ? 310 : 20,
            loss_up: found.includes('loss_up') ? 0.06 : 0,
            loss_down: 0.02,
            frozen: found.includes('frozen') ? 0.12 : 0,
            concealed: found.includes('voice_broken') ? 0.04 : 0,
            level: 30,
            speaking: false,
            quality,
            symptoms: found,
            jitter_up_ms: 10,
            jitter_down_ms: seat.role === 'buyer' ? 30 : 10,
            layer_up: 'f',
            layer_down: quality === 'poor' ? 'q' : 'f',
            rate_up: 30,
            rate_down: quality === 'good' ? 30 : 10,
            line_kbps: quality === 'poor' ? 200 : 2000,
            score_up: quality === 'poor' ? 2.8 : 4.3,
            score_down: { good: 4.2, fair: 3.7, poor: 3.1, none: 0 }[quality],
          };
        }),
    ]),
  );
}

const script: Partial<Script> = {
  cards: [
    {
      role: 'buyer',
      name: 'Buyer VN-1',
      zone: 'Asia/Ho_Chi_Minh',
      language: 'vi',
      seen_at: time(-1500),
      contact: {
        person: 'Nguyễn Thị Mai',
        company: 'Saigon Garment JSC',
        phone: '+84 28 3829 0912',
        email: 'mai.nguyen@example.org',
        trade_office: 'KOTRA Ho Chi Minh City, +84 28 3822 3944',
      },
    },
  ],
  contacts: tried.slice(0, 1),
  times: [
    { starts_at: time(107.5), ends_at: time(147.5), booth: 'booth-3', booth_name: boothName(3) },
    { starts_at: time(1487.5), ends_at: time(1527.5), booth: 'booth-1', booth_name: boothName(1) },
  ],
  stand_bys: [
    {
      buyer: 'buyer-7',
      name: 'Buyer DE-2',
      country: 'DE',
      zone: 'Europe/Berlin',
      language: 'de',
      phone: '+49 30 901820',
      online: true,
    },
    {
      buyer: 'buyer-8',
      name: 'Buyer JP-2',
      country: 'JP',
      zone: 'Asia/Tokyo',
      language: 'ja',
      phone: '',
      online: false,
    },
  ],
};

const staffHere: NonNullable<SteeringSetting['staff']> = [
  { id: 'a1', name: '김민지', right: 'coordinator', since: time(-120), rooms: 3, helps: 'S05' },
  { id: 'a3', name: '이도윤', right: 'administrator', since: time(-95), rooms: 2, helps: 'S06' },
  { id: 'a2', name: '박서준', right: 'viewer', since: time(-30), rooms: 0 },
];

const call: Note = {
  id: 'n1',
  at: time(-1),
  from: { role: 'firm', name: boothName(14), seat: 'S14/firm', reply_to: 'booth:b14' },
  text: '',
  kind: 'call',
};

const letters: Note[] = [
  {
    id: 'n2',
    at: time(-9),
    from: { role: 'buyer', name: 'Buyer AE-1', seat: 'S05/buyer', reply_to: 'session:5' },
    text: 'We hear a strong echo. Is it ours?',
    kind: 'text',
  },
  {
    id: 'n3',
    at: time(-8),
    from: { role: 'coordinator', name: '김민지' },
    to: 'session:5',
    text: 'It comes from the booth. A colleague turns the loudspeaker down now.',
    kind: 'text',
  },
];

function booths(): BoothState[] {
  return Array.from({ length: 30 }, (_, n) => ({
    id: `b${n + 1}`,
    name: boothName(n + 1),
    connected: true,
    reply_to: `booth:b${n + 1}`,
  }));
}

const symptoms: Parameters<typeof sick>[1] = {
  'S05/buyer': ['poor', 'voice_broken', 'loss_up', 'tcp'],
  'S05/firm': ['fair', 'microphone_clipping'],
  'S07/buyer': ['fair', 'one_way_out'],
  'S07/firm': ['poor', 'not_played'],
  'S09/firm': ['good', 'hidden'],
};

/** The timetable's booths are those of the wall, so that some are free. */
function hall(): BoardModel['desk'] {
  const made = desk();
  return {
    ...made,
    timetable: async () => ({
      ...(await made.timetable()),
      booths: booths()
        .slice(0, 18)
        .map(({ id, name }) => ({ id, name })),
    }),
  };
}

interface WallOf extends SteeringSetting {
  rows?: Row[];
  notes?: Note[];
}

function boardOf({ rows = sixteen(), notes = [...letters, call], ...steering }: WallOf = {}): BoardModel {
  return {
    rows: signal(rows),
    booths: signal(booths()),
    notes: signal(notes),
    ...steeringOf({
      seats: rows.flatMap(({ seats }) =>
        seats.filter(({ sources }) => sources.includes('camera')).map(({ seat }) => seat),
      ),
      vitals: sick(rows, symptoms),
      staff: staffHere,
      script,
      ...steering,
    }),
    desk: hall(),
    record: recordDesk(),
    office: officeDesk(),
    write: async () => undefined,
    seen: async () => undefined,
    downloadAttendance: async () => undefined,
  };
}

function page(
  of: WallOf = {},
  setting: Partial<Setting> = {},
  right: 'viewer' | 'coordinator' = 'coordinator',
): Visit {
  const visit = visitOf({
    kind: 'console',
    role: 'coordinator',
    name: '김민지',
    place: { at: 'console', board: boardOf(of) },
    consultations: [],
    ...setting,
  });
  const bootstrap = visit.bootstrap.value;
  if (bootstrap) Object.assign(bootstrap.you, { id: 'a1', right });
  return visit;
}

function thirty(): Row[] {
  const more = Array.from({ length: 14 }, (_, n) =>
    n % 6 === 5
      ? room({ n: n + 17, from: 10, phase: 'open', seats: [['lobby', -1], ['absent'], ['absent']] })
      : live(n + 17, -22),
  );
  return [...sixteen().slice(0, 16), ...more];
}

const help = (state: HelpState) => (): Visit => page({ help: state });
const whisper: HelpState = { mode: 'speak', consultation: 'S05', to: 'firm' };

/** Something happens in a room when a test says so. */
function happening(): Visit {
  const rows = sixteen();
  const board = boardOf({ rows });
  const changing = signal(rows);
  window.addEventListener('gallery:trouble', () => {
    changing.value = rows.map((row) =>
      row.consultation.id === 'S16' ? { ...row, ...alert('no_show', -20) } : row,
    );
  });
  return page({}, { place: { at: 'console', board: { ...board, rows: changing } } });
}

export const wallScenes: Record<string, () => Visit> = {
  wall: () => page(),
  wall_happening: happening,
  wall_30: () => page({ rows: thirty() }),
  wall_empty: () =>
    page({
      rows: [room({ n: 31, from: 1400, phase: 'scheduled', seats: [['absent'], ['absent'], ['absent']] })],
      notes: [],
    }),
  wall_calm: () => page({ rows: [live(1, -22), live(6, -12), live(9, -36)], notes: [], vitals: new Map() }),
  wall_viewer: () => page({}, {}, 'viewer'),
  wall_banners: () =>
    page({
      storage: { away_since: time(-0.67), affected: 0, waiting: 112, disk_full: true },
      crosstalk: [{ hears: 'b6', speaks: 'b7', since: time(-2), strength: 60 }],
    }),
  wall_detail: () => page(),
  wall_figures: () => page(),
  wall_script: () => page(),
  wall_propose: () => page(),
  wall_devices: () => page(),
  wall_diagnostics: () => page(),
  wall_remove: () => page(),
  wall_move: () => page(),
  wall_offers: () => page(),
  wall_run: () => page(),
  wall_crew: () => page(),
  wall_help: help(whisper),
  wall_help_listen: help({ mode: 'listen', consultation: 'S05', to: null }),
  wall_help_speak: help({ mode: 'speak', consultation: 'S05', to: null }),
  wall_help_failed: help({
    mode: 'failed',
    consultation: 'S05',
    why: { what: 'refused', code: 'conflict' },
    still: 'listen',
  }),
};
