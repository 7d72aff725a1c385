import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Refused, Unreachable } from '../protocol/failure';
import type { Code, Waiting } from '../protocol/types';
import { clock, consultationAt } from './testing';
import { Vigil } from './vigil';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const run = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const waiting = (id: string): Waiting => ({
  consultation: consultationAt(id, 10),
  clock: clock(),
  seats: [],
  notes: [],
});

function setup() {
  const world = { asked: [] as string[], told: [] as string[], up: true, fail: null as Error | null };
  const vigil = new Vigil({
    wait: async (id) => {
      world.asked.push(id);
      if (world.fail) throw world.fail;
      return waiting(id);
    },
    tellLeave: () => world.told.push('leave'),
    reachable: () => world.up,
    notes: (_, fresh) => world.told.push(fresh ? 'fresh' : 'again'),
    learned: () => undefined,
    mistaken: () => world.told.push('mistaken'),
  });
  return { world, vigil, shown: () => vigil.gathering.value?.consultation.id ?? null };
}
const refused = (code: Code) => new Refused({ code });

test('who waits sees who is there, and is asked for once', async () => {
  const { world, vigil, shown } = setup();
  vigil.want('a');
  vigil.want('a');
  vigil.look();
  await run(0);
  expect(shown()).toBe('a');
  expect(world.asked).toEqual(['a']);
});

test('another consultation replaces the first, and a late answer of that is nobody’s', async () => {
  const { world, vigil, shown } = setup();
  vigil.want('a');
  vigil.want('b');
  await run(0);
  expect(world.asked).toEqual(['a', 'b']);
  expect(shown()).toBe('b');
  vigil.told(waiting('a'));
  expect(shown()).toBe('b');
});

test('a new session waits anew, with the notes it had', async () => {
  const { world, vigil, shown } = setup();
  vigil.want('a');
  await run(0);
  world.up = false;
  vigil.forget();
  expect(shown()).toBeNull();
  vigil.look();
  world.up = true;
  vigil.look();
  await run(0);
  expect(shown()).toBe('a');
  expect(world.told).toEqual(['fresh', 'again']);
});

test('who goes in leaves the lobby by that, who turns away says so', async () => {
  const { world, vigil } = setup();
  vigil.want('a');
  await run(0);
  vigil.forget();
  vigil.want(null);
  expect(world.told).toEqual(['fresh']);
  vigil.want('a');
  await run(0);
  vigil.want(null);
  expect(world.told).toEqual(['fresh', 'again', 'leave']);
});

test('a server that is not ready is asked again, one that was cut off when it is back', async () => {
  const { world, vigil, shown } = setup();
  world.fail = refused('unavailable');
  vigil.want('a');
  await run(4000);
  expect(world.asked).toHaveLength(1);
  world.fail = new Unreachable('gone');
  await run(2000);
  expect(world.asked).toHaveLength(2);
  await run(60_000);
  expect(world.asked).toHaveLength(2);
  world.fail = null;
  vigil.look();
  await run(0);
  expect(shown()).toBe('a');
});

test('what is over is not asked for again and again', async () => {
  const { world, vigil } = setup();
  world.fail = refused('ended');
  vigil.want('a');
  await run(60_000);
  vigil.look();
  expect(world.asked).toEqual(['a']);
  expect(world.told).toEqual(['mistaken']);
});

test('after a join that was refused it waits again, and shows meanwhile what it knew', async () => {
  const { world, vigil, shown } = setup();
  vigil.want('a');
  await run(0);
  vigil.renew();
  expect(shown()).toBe('a');
  await run(0);
  expect(world.asked).toEqual(['a', 'a']);
});
