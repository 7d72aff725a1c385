import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Bootstrap } from '../protocol/types';
import { ServerClock } from '../signal/clock';
import { linkDoor, tabTokens } from '../signal/link';
import { Opening } from './opening';
import { keepSame } from './share';
import { clock, consultationAt, day, iso } from './testing';

beforeEach(() => vi.useFakeTimers({ now: day }));
afterEach(() => vi.useRealTimers());

const run = (ms: number) => vi.advanceTimersByTimeAsync(ms);

function setup() {
  const world = {
    told: [] as string[],
    asked: [] as unknown[],
    status: 200,
    body: {
      token: 't1',
      consultations: [consultationAt('a', 60), consultationAt('b', 120)],
      server_time: iso(day),
    } as Bootstrap | { code: string },
  };
  const opening = new Opening({
    tokens: tabTokens(() => {
      throw new Error('forbidden');
    }),
    clock: new ServerClock(() => performance.now()),
    monotonic: () => performance.now(),
    opened: () => world.told.push('opened'),
    refused: (code) => world.told.push(code),
  });
  const link = linkDoor({ id: 'L', secret: 's' }, async (_, init) => {
    world.asked.push(JSON.parse(String(init?.body)));
    return Response.json(world.body, { status: world.status });
  });
  return { world, opening, link };
}

test('a server that is away is asked until it answers', async () => {
  const { world, opening, link } = setup();
  world.status = 502;
  world.body = {} as Bootstrap;
  opening.open(link);
  await run(10_000);
  expect(world.told).toEqual([]);
  expect(world.asked.length).toBeGreaterThan(2);
});

test('a link that is no good is told, and not tried again', async () => {
  const { world, opening, link } = setup();
  world.status = 410;
  world.body = { code: 'link_revoked' };
  opening.open(link);
  await run(60_000);
  expect(world.told).toEqual(['link_revoked']);
  expect(world.asked).toHaveLength(1);
});

test('reading it again changes only what is another', async () => {
  const { world, opening, link } = setup();
  opening.open(link);
  await run(0);
  const before = opening.known;
  await run(6000);
  await opening.refresh();
  expect(opening.known).toBe(before);
  const later = consultationAt('a', 90);
  world.body = { ...before, consultations: [later, consultationAt('b', 120)] };
  await run(6000);
  await opening.refresh();
  expect(opening.known.consultations).toEqual(world.body.consultations);
  expect(opening.known.consultations[1]).toBe(before.consultations[1]);
});

test('nobody reads it twice in five seconds, or loses what is known', async () => {
  const { world, opening, link } = setup();
  opening.open(link);
  await run(0);
  await opening.refresh();
  expect(world.asked).toHaveLength(1);
  await run(6000);
  world.status = 500;
  await opening.refresh();
  expect(opening.known.token).toBe('t1');
});

test('the lobby knows better than the list', async () => {
  const { opening, link } = setup();
  opening.open(link);
  await run(0);
  const consultation = consultationAt('a', 60);
  const extended = iso(day + 110 * 60_000);
  opening.learn({ consultation, clock: clock({ phase: 'live', ends_at: extended }), seats: [] });
  expect(opening.known.consultations[0]).toMatchObject({ phase: 'live', ends_at: extended, seat: 'a/buyer' });
});

test('a distrusted token is replaced before it is used', async () => {
  const { world, opening, link } = setup();
  opening.open(link);
  await run(0);
  expect(await opening.token()).toBe('t1');
  world.body = { ...opening.known, token: 't2' };
  opening.distrustToken();
  expect(await opening.token()).toBe('t2');
});

test.each([
  [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, true],
  [{ a: 1 }, { a: 1, b: undefined }, false],
  [{ a: 1, b: 2 }, { a: 1 }, false],
  [[1, 2], [1, 2, 3], false],
  [[], {}, false],
  [null, { a: 1 }, false],
])('%j and %j are one: %s', (old, fresh, same) => {
  const kept = keepSame(old, fresh);
  expect(kept).toEqual(fresh);
  expect(kept === old).toBe(same);
});
