/** A day at a big center: quiet rows, busy rows and every kind of trouble. */
import { signal } from '@preact/signals';
import type { Clock, Consultation, Row, SeatPresence, SeatRole, SeatState } from '../../src/protocol/types';
import type { BoardModel } from '../../src/room/model';
import { consultation, time } from './fakes';

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
  return { consultation: about, clock, seats: states };
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
  return { rows: signal(rows), downloadAttendance: async () => undefined };
}
