import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Refused, Unreachable } from '../protocol/failure';
import type { Bootstrap, Code, Consultation, Join, Joined, LeaveReason } from '../protocol/types';
import { Attend } from './attend';
import type { Place } from './model';
import type { Room } from './room';
import { consultationAt, day, iso, joined, participant } from './testing';

const minutes = (m: number) => day + m * 60_000;

beforeEach(() => vi.useFakeTimers({ now: day }));
afterEach(() => vi.useRealTimers());

function setup(kind: Bootstrap['kind'], consultations: Consultation[]) {
  const world = {
    place: { at: 'opening' } as Place,
    consultations,
    session: 's1' as string | null,
    joins: [] as Join[],
    answer: (async () => joined([participant('s1')])) as (join: Join) => Promise<Joined>,
    resets: 0,
    told: [] as string[],
    deserted: false,
  };
  const attend = new Attend({
    bootstrap: () => ({ kind, consultations: world.consultations }) as Bootstrap,
    now: () => Date.now(),
    random: () => 0.5,
    place: () => world.place,
    go: (place) => {
      world.place = place;
    },
    session: () => world.session,
    revive: () => undefined,
    seatDeserted: () => world.deserted,
    stillOutside: () => undefined,
    join: (join) => {
      world.joins.push(join);
      return world.answer(join);
    },
    tellLeave: () => world.told.push('leave'),
    sources: () => ['microphone'],
    makeRoom: (consultation) => {
      const room: Partial<Room> = {
        consultation,
        apply: () => undefined,
        reset: () => {
          world.resets += 1;
        },
        dispose: () => undefined,
      };
      return room as Room;
    },
    entered: () => world.told.push('entered'),
    leftRoom: () => world.told.push('left'),
  });
  return { world, attend };
}

const refuse = (code: Code, opensAt?: number) => async (): Promise<Joined> => {
  throw new Refused(opensAt ? { code, action: '', opens_at: iso(opensAt) } : { code, action: '' });
};
const run = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const left = (reason: LeaveReason) => [{ left: { id: 's1', reason } }];

async function inRoom(kind: Bootstrap['kind'], consultations = [consultationAt('a', 10)]) {
  const all = setup(kind, consultations);
  all.attend.start();
  all.attend.press();
  await run(10);
  expect(all.world.place.at).toBe('room');
  return all;
}

test('a person goes in when he presses Join, and not before', async () => {
  const { world, attend } = setup('person', [consultationAt('a', 10)]);
  attend.start();
  await run(60_000);
  expect(world.place).toMatchObject({ at: 'lobby', waiting: { for: 'person' } });
  attend.press();
  await run(10);
  expect(world.place.at).toBe('room');
  expect(world.joins).toEqual([{ consultation: 'a', sources: ['microphone'] }]);
});

test('who pressed too early goes in when the doors open', async () => {
  const { world, attend } = setup('person', [consultationAt('a', 60)]);
  attend.start();
  expect(world.place).toMatchObject({ waiting: { for: 'doors', opensAt: minutes(45), joins: false } });
  attend.press();
  expect(world.place).toMatchObject({ waiting: { for: 'doors', joins: true } });
  await run(44 * 60_000);
  expect(world.joins).toEqual([]);
  await run(61_000);
  expect(world.place.at).toBe('room');
});

test('doors that the server still holds shut are waited for', async () => {
  const { world, attend } = setup('person', [consultationAt('a', 10)]);
  world.answer = refuse('too_early', minutes(3));
  attend.start();
  attend.press();
  await run(10);
  expect(world.place).toMatchObject({ waiting: { for: 'doors', opensAt: minutes(3), joins: true } });
  world.answer = async () => joined([]);
  await run(3 * 60_000 + 600);
  expect(world.place.at).toBe('room');
  expect(world.joins).toHaveLength(2);
});

test('a booth goes in by itself, out by the clock, and on to the next', async () => {
  const { world, attend } = setup('booth', [consultationAt('a', 10), consultationAt('b', 60)]);
  attend.start();
  await run(600);
  expect(world.place).toMatchObject({ at: 'room', room: { consultation: { id: 'a' } } });
  attend.changed(left('ended'));
  expect(world.place).toMatchObject({ at: 'over', why: 'ended', back: false, next: { id: 'b' } });
  await run(9000);
  expect(world.place).toMatchObject({
    at: 'lobby',
    next: { id: 'b' },
    waiting: { for: 'doors', joins: true },
  });
  await run(46 * 60_000);
  expect(world.place).toMatchObject({ at: 'room', room: { consultation: { id: 'b' } } });
});

test('a booth that hung up does not go back in by itself', async () => {
  const { world, attend } = setup('booth', [consultationAt('a', 10)]);
  attend.start();
  await run(600);
  attend.leave();
  expect(world.told).toEqual(['entered', 'leave', 'left']);
  await run(20_000);
  expect(world.place).toMatchObject({ at: 'lobby', next: { id: 'a' }, waiting: { for: 'person' } });
  attend.press();
  await run(10);
  expect(world.place.at).toBe('room');
});

test('a seat in use is asked about, and yes moves it here', async () => {
  const { world, attend } = setup('person', [consultationAt('a', 10)]);
  world.answer = refuse('seat_in_use');
  attend.start();
  attend.press();
  await run(10);
  expect(world.place).toMatchObject({ waiting: { for: 'move' } });
  await run(10_000);
  expect(world.joins).toHaveLength(1);
  world.answer = async () => joined([]);
  attend.moveHere(true);
  await run(10);
  expect(world.place.at).toBe('room');
  expect(world.joins[1]).toMatchObject({ move: true });
});

test('no to that question leaves the other device alone', async () => {
  const { world, attend } = setup('person', [consultationAt('a', 10)]);
  world.answer = refuse('seat_in_use');
  attend.start();
  attend.press();
  await run(10);
  attend.moveHere(false);
  await run(60_000);
  expect(world.place).toMatchObject({ waiting: { for: 'person' } });
  expect(world.joins).toHaveLength(1);
});

test('a new session enters the same room without a click', async () => {
  const { world, attend } = await inRoom('person');
  const { place } = world;
  attend.sessionLost();
  world.session = null;
  await run(30_000);
  world.session = 's2';
  attend.sessionUp();
  await run(10);
  expect(world.place).toBe(place);
  expect(attend.seated.value).toBe('s2');
  expect(world.joins).toHaveLength(2);
  expect(world.joins[1]).not.toHaveProperty('move');
  expect(world.resets).toBe(1);
});

test('a restarted server that is not ready yet is asked until it is', async () => {
  const { world, attend } = await inRoom('person');
  attend.sessionLost();
  world.session = 's2';
  world.answer = refuse('unavailable');
  attend.sessionUp();
  await run(20_000);
  expect(world.place.at).toBe('room');
  const tries = world.joins.length;
  expect(tries).toBeGreaterThan(3);
  expect(tries).toBeLessThan(20);
  world.answer = async () => joined([]);
  await run(10_000);
  expect(attend.seated.value).toBe('s2');
});

test('a seat that went elsewhere meanwhile is a question, not a fight', async () => {
  const { world, attend } = await inRoom('person');
  attend.sessionLost();
  world.session = 's2';
  world.answer = refuse('seat_in_use');
  attend.sessionUp();
  await run(60_000);
  expect(world.place).toMatchObject({ at: 'lobby', waiting: { for: 'move' } });
  expect(world.joins).toHaveLength(2);
});

test('a join that nobody answered is said again with the next session', async () => {
  const { world, attend } = setup('person', [consultationAt('a', 10)]);
  world.answer = async () => {
    world.session = null;
    throw new Unreachable('gone');
  };
  attend.start();
  attend.press();
  await run(5000);
  expect(world.place).toMatchObject({ waiting: { for: 'reply' } });
  expect(world.joins).toHaveLength(1);
  world.session = 's1';
  world.answer = async () => joined([]);
  attend.sessionUp();
  await run(10);
  expect(world.place.at).toBe('room');
});

test('too late tells what happened, and offers what is left', async () => {
  const { world, attend } = setup('person', [consultationAt('a', 10), consultationAt('b', 60)]);
  world.answer = refuse('ended');
  attend.start();
  attend.press();
  await run(10);
  expect(world.place).toMatchObject({ at: 'over', why: 'ended', back: false, next: { id: 'b' } });
  attend.back();
  expect(world.place).toMatchObject({
    at: 'lobby',
    next: { id: 'b' },
    waiting: { for: 'doors', joins: false },
  });
});

test('a full room is told, and tried again only when the person wants', async () => {
  const { world, attend } = setup('person', [consultationAt('a', 10)]);
  world.answer = refuse('room_full');
  attend.start();
  attend.press();
  await run(60_000);
  expect(world.place).toMatchObject({ waiting: { for: 'retry', code: 'room_full' } });
  expect(world.joins).toHaveLength(1);
  world.answer = async () => joined([]);
  attend.press();
  await run(10);
  expect(world.place.at).toBe('room');
});

test.each([
  ['ended', 'ended'],
  ['moved', 'moved'],
  ['renewed', 'moved'],
] as const)('put out of the room with %s is told as %s', async (reason, why) => {
  const { world, attend } = await inRoom('person');
  attend.changed(left(reason));
  expect(world.place).toMatchObject({ at: 'over', why });
  expect(world.told).toContain('left');
  await run(60_000);
  expect(world.joins).toHaveLength(1);
});

test('a fault of the room brings the person back in', async () => {
  const { world, attend } = await inRoom('person');
  attend.changed(left('fault'));
  await run(10);
  expect(world.place.at).toBe('room');
  expect(world.joins).toHaveLength(2);
  expect(attend.seated.value).toBe('s1');
});

test('a session that the server ended for another device does not overwrite what was told', async () => {
  const { world, attend } = await inRoom('person');
  attend.changed(left('moved'));
  expect(attend.dismissed('moved')).toBe(true);
  expect(world.place).toMatchObject({ at: 'over', why: 'moved', back: true });
});

test('a booth goes into the next room at once when its doors are open already', async () => {
  const { world, attend } = await inRoom('booth', [consultationAt('a', 0), consultationAt('b', 45)]);
  await run(44 * 60_000);
  attend.changed(left('ended'));
  expect(world.place).toMatchObject({ at: 'over', next: { id: 'b' } });
  await run(9000);
  expect(world.place).toMatchObject({ at: 'room', room: { consultation: { id: 'b' } } });
});

test('a booth whose power failed takes its own seat back once it is deserted', async () => {
  const { world, attend } = setup('booth', [consultationAt('a', 10)]);
  world.answer = refuse('seat_in_use');
  attend.start();
  await run(2000);
  expect(world.place).toMatchObject({ at: 'lobby', waiting: { for: 'move' } });
  expect(world.joins).toHaveLength(1);
  world.answer = async () => joined([]);
  world.deserted = true;
  await run(10_000);
  expect(world.joins).toMatchObject([{}, { move: true }]);
  expect(world.place.at).toBe('room');
});

test('a person is asked, deserted or not', async () => {
  const { world, attend } = setup('person', [consultationAt('a', 10)]);
  world.answer = refuse('seat_in_use');
  world.deserted = true;
  attend.start();
  attend.press();
  await run(10_000);
  expect(world.place).toMatchObject({ waiting: { for: 'move' } });
  expect(world.joins).toHaveLength(1);
});

test('a booth whose seat moved to a telephone turns to the next buyer when its time has come', async () => {
  const { world, attend } = await inRoom('booth', [consultationAt('a', 10), consultationAt('b', 60)]);
  attend.changed(left('moved'));
  await run(45 * 60_000);
  expect(world.place).toMatchObject({ at: 'over', consultation: { id: 'a' } });
  await run(6 * 60_000);
  expect(world.place).toMatchObject({ at: 'room', room: { consultation: { id: 'b' } } });
});

test('one of several is chosen, until it is over', async () => {
  const { world, attend } = setup('person', [
    consultationAt('a', 10),
    consultationAt('b', 12),
    consultationAt('c', 600),
  ]);
  attend.start();
  expect(world.place).toMatchObject({ next: { id: 'a' } });
  attend.choose('b');
  expect(world.place).toMatchObject({ at: 'lobby', next: { id: 'b' } });
  expect(attend.day.value.map(({ state, chosen }) => [state, chosen])).toEqual([
    ['open', false],
    ['open', true],
    ['ahead', false],
  ]);
  attend.press();
  await run(10);
  expect(world.joins).toMatchObject([{ consultation: 'b' }]);
  attend.choose('c');
  expect(world.place).toMatchObject({ at: 'room', room: { consultation: { id: 'b' } } });
  attend.changed(left('ended'));
  expect(world.place).toMatchObject({ at: 'over', next: { id: 'a' } });
  await run(600);
  expect(attend.day.value[1]).toMatchObject({ state: 'over', chosen: false });
});

test('a consultation that was rescheduled is shown with its new time', async () => {
  const { world, attend } = setup('person', [consultationAt('a', 60)]);
  attend.start();
  world.consultations = [consultationAt('a', 120)];
  await run(600);
  expect(world.place).toMatchObject({ waiting: { for: 'doors', opensAt: minutes(105) } });
});

test('who was removed waits in the lobby, and goes in by a press after a coordinator has let them in', async () => {
  const { world, attend } = await inRoom('person');
  attend.changed(left('removed'));
  expect(world.place).toMatchObject({ at: 'lobby', waiting: { for: 'admission', joins: false } });
  expect(world.told).toContain('left');
  await run(60_000);
  expect(world.joins).toHaveLength(1);
  attend.admitted('a');
  await run(1000);
  expect(world.place).toMatchObject({ at: 'lobby', waiting: { for: 'person' } });
  attend.press();
  await run(10);
  expect(world.place.at).toBe('room');
});

test('who pressed Join while held goes in as soon as a coordinator lets them in', async () => {
  const { world, attend } = await inRoom('person');
  attend.changed(left('removed'));
  world.answer = refuse('held');
  attend.press();
  await run(10);
  expect(world.place).toMatchObject({ at: 'lobby', waiting: { for: 'admission', joins: true } });
  expect(world.joins).toHaveLength(2);
  await run(5000);
  expect(world.joins).toHaveLength(2);
  world.answer = async () => joined([participant('s1')]);
  attend.admitted('a');
  await run(10);
  expect(world.place.at).toBe('room');
});

test('a lost word of admission costs twenty seconds', async () => {
  const { world, attend } = setup('person', [consultationAt('a', 10)]);
  world.answer = refuse('held');
  attend.start();
  attend.press();
  await run(10);
  world.answer = async () => joined([participant('s1')]);
  await run(21_000);
  expect(world.place.at).toBe('room');
});

test('a removed booth goes back in by itself when it is admitted, not before', async () => {
  const { world, attend } = await inRoom('booth');
  attend.changed(left('removed'));
  await run(60_000);
  expect(world.place).toMatchObject({ at: 'lobby', waiting: { for: 'admission', joins: false } });
  attend.admitted(null);
  await run(10);
  expect(world.place.at).toBe('room');
});
