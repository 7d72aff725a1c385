import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Refused, Unreachable } from '../protocol/failure';
import type { Note, SendNote } from '../protocol/types';
import { Notes } from './notes';
import { day, iso } from './testing';

beforeEach(() => vi.useFakeTimers({ now: day }));
afterEach(() => vi.useRealTimers());

const run = (ms: number) => vi.advanceTimersByTimeAsync(ms);

function setup(readUntil = 0) {
  const world = { sent: [] as SendNote[], fail: null as Error | null, readUntil };
  const notes = new Notes({
    now: () => Date.now(),
    newKey: () => `k${world.sent.length}`,
    send: async (note) => {
      world.sent.push(note);
      if (world.fail) throw world.fail;
    },
    readUntil: {
      get: () => world.readUntil,
      set: (at) => {
        world.readUntil = at;
      },
    },
  });
  return { world, notes };
}

const from = { role: 'coordinator', name: 'Kim' } as const;
const note = (id: string, seconds: number, over: Partial<Note> = {}): Note => ({
  id,
  at: iso(day + seconds * 1000),
  from,
  text: id,
  kind: 'text',
  ...over,
});
const own = { from: { role: 'buyer', name: 'Buyer' } } as const;

test('what is written stands at once, and is sent', async () => {
  const { world, notes } = setup();
  notes.send('  I hear nothing ');
  expect(notes.list.value).toMatchObject([{ mine: true, text: 'I hear nothing', state: 'sending' }]);
  await run(0);
  expect(notes.list.value).toMatchObject([{ state: 'sent', seen: false }]);
  expect(world.sent).toEqual([{ key: 'k0', text: 'I hear nothing' }]);
  notes.send('   ');
  expect(world.sent).toHaveLength(1);
});

test('what the network took is said again under its key, what was refused is not', async () => {
  const { world, notes } = setup();
  world.fail = new Unreachable('gone');
  notes.send('Hello');
  await run(0);
  expect(notes.list.value).toMatchObject([{ state: 'sending' }]);
  world.fail = new Refused({ code: 'too_large' });
  notes.sayAgain();
  await run(0);
  expect(world.sent.map((n) => n.key)).toEqual(['k0', 'k0']);
  expect(notes.list.value).toMatchObject([{ state: 'refused' }]);
  notes.sayAgain();
  expect(world.sent).toHaveLength(2);
});

test('who writes too fast is heard a little later', async () => {
  const { world, notes } = setup();
  world.fail = new Refused({ code: 'rate_limited', retry_after_ms: 2000 });
  notes.send('Hello');
  await run(1999);
  world.fail = null;
  await run(1);
  expect(world.sent).toHaveLength(2);
  expect(notes.list.value).toMatchObject([{ state: 'sent' }]);
});

test('a note of mine that comes back is the same line, and tells that it was seen', async () => {
  const { notes } = setup();
  notes.send('Hello');
  await run(0);
  notes.learn([note('n1', 1, { ...own, text: 'Hello', seen_by: 'Kim' })]);
  expect(notes.list.value).toMatchObject([{ id: 'k0', mine: true, state: 'sent', seen: true }]);
});

test('the same words twice are two lines', async () => {
  const { notes } = setup();
  notes.send('Hello');
  notes.send('Hello');
  await run(0);
  notes.learn([note('n1', 1, { ...own, text: 'Hello' })]);
  expect(notes.list.value).toHaveLength(2);
  notes.learn([note('n1', 1, { ...own, text: 'Hello' }), note('n2', 60, { ...own, text: 'Hello' })]);
  expect(notes.list.value.map((n) => n.id)).toEqual(['k0', 'k1', 'n2']);
});

test("a coordinator's notes count until they are read, and once each", () => {
  const { world, notes } = setup();
  notes.learn([note('b', 20), note('a', 10)]);
  notes.learn([note('a', 10)]);
  expect(notes.list.value.map((n) => [n.id, n.name, n.mine])).toEqual([
    ['a', 'Kim', false],
    ['b', 'Kim', false],
  ]);
  expect(notes.unread.value).toBe(2);
  notes.read();
  expect(notes.unread.value).toBe(0);
  notes.learn([note('c', 30)]);
  expect(notes.unread.value).toBe(1);
  expect(world.readUntil).toBe(day + 20_000);
});

test('what was read before a reload is not new after it', () => {
  const { notes } = setup(day + 20_000);
  notes.learn([note('a', 10), note('b', 20), note('c', 30)]);
  expect(notes.unread.value).toBe(1);
});

test('nothing remains for those who come next', async () => {
  const { notes } = setup();
  notes.send('Hello');
  notes.learn([note('a', 10)]);
  await run(0);
  notes.clear();
  expect(notes.list.value).toEqual([]);
  expect(notes.unread.value).toBe(0);
});
