/** A day at a big center: quiet rows, busy rows and every kind of trouble. */
import { signal } from '@preact/signals';
import type {
  BoothState,
  Clock,
  Consultation,
  Health,
  Note,
  Row,
  SeatPresence,
  SeatRole,
  SeatState,
} from '../../src/protocol/types';
import type { BoardModel } from '../../src/room/model';
import { desk } from './desk';
import { consultation, time } from './fakes';
import { officeDesk, recordDesk } from './record';
import { steeringOf } from './steering';

const countries = [
  ['US', 'en'],
  ['MX', 'es'],
  ['BR', 'pt'],
  ['VN', 'vi'],
  ['TR', 'tr'],
  ['CN', 'zh'],
  ['IN', 'en'],
  ['DE', 'de'],
  ['AE', 'ar'],
] as const;
const products = ['circular knits', 'printing', 'recycled polyester knits', 'dyeing and finishing', 'denim'];

type Seats = readonly [firm: Seen, buyer: Seen, interpreter: Seen];
type Seen = readonly [state: SeatPresence, since?: number];

function row(number: number, from: number, booth: number, phase: Clock['phase'], seats: Seats): Row {
  const [country, language] = countries[number % countries.length] ?? ['US', 'en'];
  const id = `S${String(number).padStart(2, '0')}`;
  const about: Consultation = consultation(id, from, {
    phase,
    booth: `Booth ${booth}`,
    firm: {
      name: `Firm ${String((number % 16) + 1).padStart(2, '0')}`,
      products: products[number % 5] ?? '',
    },
    buyer: {
      name: number === 7 ? 'Comercializadora Textil del Norte S.A. de C.V.' : `Buyer ${country}-1`,
      country,
      zone: 'UTC',
      language,
    },
    interpreter: { name: `Interpreter ${language.toUpperCase()}`, languages: ['ko', language] },
  });
  const clock: Clock = {
    phase,
    opens_at: about.opens_at,
    starts_at: about.starts_at,
    ends_at: about.ends_at,
    overrun: false,
    server_time: time(0),
  };
  const roles: SeatRole[] = ['firm', 'buyer', 'interpreter'];
  const states = roles.map((role, index): SeatState => {
    const [state, since] = seats[index] ?? ['absent'];
    const seat: SeatState = { seat: `${id}/${role}`, role, name: about.firm.name, state, sources: [] };
    if (since !== undefined) seat.since = time(since);
    return seat;
  });
  return {
    consultation: about,
    clock,
    seats: states,
    alerts: [],
    vitals: [],
    contacts: [],
    held: [],
    helpers: [],
    auxiliaries: [],
  };
}

const none: Seats = [['absent'], ['absent'], ['absent']];
const over: Seats = [
  ['left', -20],
  ['left', -21],
  ['left', -20],
];

export function board(): BoardModel {
  const rows = [
    row(1, -72.5, 1, 'ended', over),
    row(2, -72.5, 2, 'ended', over),
    row(3, -72.5, 3, 'cancelled', none),
    row(4, -42.5, 4, 'live', [
      ['here', -50],
      ['here', -44],
      ['here', -51],
    ]),
    row(5, -12.5, 1, 'live', [
      ['here', -20],
      ['here', -14],
      ['here', -18],
    ]),
    row(6, -12.5, 2, 'waiting', [['here', -19], ['absent'], ['here', -15]]),
    row(7, -12.5, 3, 'live', [
      ['here', -16],
      ['away', -1.2],
      ['here', -14],
    ]),
    row(8, -37.5, 5, 'closing', [
      ['here', -43],
      ['here', -40],
      ['left', -9],
    ]),
    row(9, 7.5, 4, 'open', none),
    row(10, 7.5, 5, 'waiting', [['absent'], ['here', -2], ['absent']]),
    row(11, 47.5, 1, 'scheduled', none),
    row(12, 47.5, 2, 'scheduled', none),
    row(13, 167.5, 1, 'scheduled', none),
    ...[14, 15, 16, 17, 18, 19, 20, 21].map((n) =>
      row(n, n * 1440 - 14 * 1440 + 1487.5, 1, 'scheduled', none),
    ),
  ];
  const late = rows[3];
  if (late) late.clock.overrun = true;
  const absent = rows[5];
  if (absent)
    absent.alerts = [{ kind: 'no_show', roles: ['buyer'], since: time(-12.5), proposed: 'no_show_buyer' }];
  const done = rows[1];
  if (done) done.verdict = 'technical';
  const early = rows[8];
  early?.seats.push({
    seat: 'S09/buyer',
    role: 'buyer',
    name: 'Kim',
    state: 'lobby',
    since: time(-2),
    sources: [],
  });
  return {
    rows: signal(rows),
    booths: signal(booths),
    notes: signal(notes),
    ...steeringOf({
      seats: rows.flatMap(({ seats }) => seats.filter((s) => s.state === 'here').map((s) => s.seat)),
    }),
    desk: desk(),
    record: recordDesk(),
    office: officeDesk(),
    write: async () => undefined,
    seen: async () => undefined,
    downloadAttendance: async () => undefined,
  };
}

const well: Health = { microphone: 'ok', camera: 'ok', level: 0.2, echo: false, rtt_ms: 40, loss: 0 };

function booth(number: number, change: Partial<BoothState> = {}): BoothState {
  const id = `booth-${number}`;
  return {
    id,
    name: `Booth ${number}`,
    connected: true,
    since: time(-90),
    health: well,
    health_at: time(-0.05),
    reply_to: `booth:${id}`,
    ...change,
  };
}

const booths = [
  booth(1),
  booth(2, { health: { ...well, microphone: 'silent', echo: true } }),
  booth(3),
  booth(4, { connected: false, since: time(-3) }),
  booth(5, { health: { ...well, loss: 0.08 } }),
];

const notes: Note[] = [
  {
    id: 'n1',
    at: time(-9),
    from: { role: 'buyer', name: 'Buyer MX-1', seat: 'S09/buyer', reply_to: 'session:9' },
    text: 'My camera does not start. Can I go in with sound only?',
    kind: 'text',
  },
  {
    id: 'n2',
    at: time(-8),
    from: { role: 'coordinator', name: 'Coordinator' },
    to: 'session:9',
    text: 'Yes, please go in. You can switch it on later.',
    kind: 'text',
  },
  {
    id: 'n3',
    at: time(-1),
    from: { role: 'firm', name: 'Booth 3', seat: 'S07/firm', reply_to: 'booth:booth-3' },
    text: '',
    kind: 'call',
  },
  {
    id: 'n4',
    at: time(-30),
    from: { role: 'coordinator', name: 'Coordinator' },
    to: '*',
    text: 'Lunch is at 12:00 in the hall.',
    kind: 'text',
  },
];
