import { expect, test } from 'vitest';
import type { Board, BoothState, Note, Row, SeatState, Vitals } from '../protocol/types';
import { ConsoleBoard, withRow } from './board';
import type { Hand } from './help';
import { clock, consultationAt, day, iso } from './testing';
import type { RoomsWall } from './wall';

const row = (id: string, minutes: number, phase: 'live' | 'open' = 'open'): Row => ({
  consultation: consultationAt(id, minutes),
  clock: clock({ phase }),
  seats: [],
  alerts: [],
  vitals: [],
  contacts: [],
  held: [],
  helpers: [],
  auxiliaries: [],
});

test('a row replaces the one of its consultation, in its place', () => {
  const rows = withRow([row('a', 0), row('b', 50)], row('a', 0, 'live'));
  expect(rows.map((r) => [r.consultation.id, r.clock.phase])).toEqual([
    ['a', 'live'],
    ['b', 'open'],
  ]);
});

test('a new row goes where its time puts it', () => {
  const rows = withRow([row('a', 0), row('c', 100)], row('b', 50));
  expect(rows.map((r) => r.consultation.id)).toEqual(['a', 'b', 'c']);
  expect(withRow(rows, row('d', 150)).at(-1)?.consultation.id).toBe('d');
});

const booth = (id: string, connected: boolean): BoothState => ({
  id,
  name: id,
  connected,
  reply_to: `booth/${id}`,
});
const note = (id: string, over: Partial<Note> = {}): Note => ({
  id,
  at: iso(day),
  from: { role: 'firm', name: 'Firm', reply_to: 'a/firm' },
  text: 'Hello',
  kind: 'text',
  ...over,
});

const empty: Board = {
  seq: 1,
  rows: [],
  booths: [],
  notes: [],
  staff: [],
  storage: { waiting: 0, affected: 0, disk_full: false, trial: false },
  crosstalk: [],
};

function open() {
  const log: unknown[] = [];
  const note_ = (what: string) => (value: unknown) => void log.push([what, value]);
  const board = new ConsoleBoard({
    event: 'e',
    token: () => '',
    doc: {} as Document,
    fetcher: fetch,
    newKey: () => 'k',
    note: async () => undefined,
    seen: async () => undefined,
    steer: async () => undefined,
    me: 'kim',
    media: () => ({
      wall: { learn: note_('wall') } as unknown as RoomsWall,
      help: { told: note_('helps') } as unknown as Hand,
    }),
  });
  return { board, log };
}

test('booths and notes are replaced in their place, news come last', () => {
  const { board } = open();
  board.reset({ ...empty, booths: [booth('A', false), booth('B', true)], notes: [note('1')] });
  board.apply([
    { booth: booth('A', true) },
    { note: note('2') },
    { note: note('1', { seen_by: 'Kim' }) },
    { row: row('a', 0) },
  ]);
  expect(board.booths.value.map((b) => [b.id, b.connected])).toEqual([
    ['A', true],
    ['B', true],
  ]);
  expect(board.notes.value.map((n) => [n.id, n.seen_by])).toEqual([
    ['1', 'Kim'],
    ['2', undefined],
  ]);
  expect(board.rows.value).toHaveLength(1);
});

const vitals = (seat: string, rtt: number): Vitals => ({
  seat,
  route: 'udp',
  rtt_ms: rtt,
  loss_up: 0,
  loss_down: 0,
  frozen: 0,
  concealed: 0,
  level: 20,
  speaking: false,
  quality: 'good',
  symptoms: [],
});

test('vitals change without touching a row, and those of other rooms stay the same', () => {
  const { board } = open();
  board.reset({ ...empty, rows: [{ ...row('a', 0), vitals: [vitals('a/firm', 20)] }, row('b', 50)] });
  const rows = board.rows.value;
  const before = board.vitals.value.get('a');
  board.apply([{ vitals: { consultation: 'b', vitals: [vitals('b/firm', 300)] } }]);
  expect(board.rows.value).toBe(rows);
  expect(board.vitals.value.get('a')).toBe(before);
  expect(board.vitals.value.get('b')?.[0]?.rtt_ms).toBe(300);
});

test('a row brings its vitals with it', () => {
  const { board } = open();
  board.apply([{ row: { ...row('a', 0), vitals: [vitals('a/firm', 40)] } }]);
  expect(board.vitals.value.get('a')?.[0]?.rtt_ms).toBe(40);
});

test('what the server tells of slots and of the own help reaches wall and hand', () => {
  const { board, log } = open();
  const slots = [{ slot: 0, consultation: 'a', seat: 'a/firm' }];
  board.apply([
    { wall: slots },
    { staff: [{ id: 'kim', name: 'Kim', right: 'coordinator', since: iso(day), rooms: 0, helps: 'a' }] },
  ]);
  expect(log).toEqual([
    ['wall', slots],
    ['helps', 'a'],
  ]);
});

test('only those whose camera is on are worth a picture', () => {
  const { board } = open();
  const seat = (role: 'firm' | 'buyer', sources: ('camera' | 'microphone')[]): SeatState => ({
    seat: `a/${role}`,
    role,
    name: role,
    state: 'here',
    sources,
  });
  board.apply([
    { row: { ...row('a', 0), seats: [seat('firm', ['camera']), seat('buyer', ['microphone'])] } },
  ]);
  expect([...board.cameras.value]).toEqual(['a/firm']);
});
