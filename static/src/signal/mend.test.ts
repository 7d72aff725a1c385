import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Refused, Unreachable } from '../protocol/failure';
import type { Restarted } from '../protocol/types';
import { firstAnswer, Mender } from './mend';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const refused = (code: 'bad_offer' | 'rate_limited' | 'session_unknown') => new Refused({ code, action: '' });
const after = <T>(ms: number, give: () => T): Promise<T> =>
  new Promise((resolve, reject) =>
    setTimeout(() => {
      try {
        resolve(give());
      } catch (error) {
        reject(error);
      }
    }, ms),
  );
const fail = (error: Error) => () => {
  throw error;
};

function setup(world: { socket: () => Promise<Restarted>; post: () => Promise<Response>; number?: number }) {
  const asked: string[] = [];
  const mender = new Mender({
    identity: () => ({ session: 's 1', secret: 'k' }),
    ask: (restart) => {
      asked.push(`socket ${restart.offer}`);
      return world.socket();
    },
    socket: () => world.number ?? 1,
    fetcher: ((url: string, init: RequestInit) => {
      asked.push(`POST ${url} ${init.body}`);
      return world.post();
    }) as typeof fetch,
    deflate: async () => null,
    roundTrip: () => 100,
  });
  return { mender, asked };
}

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

test('socket and POST are asked at once, and the first answer counts', async () => {
  const late = {
    socket: () => after(300, () => ({ answer: 'by socket' })),
    post: () => after(100, () => json({ answer: 'by POST' })),
  };
  const { mender, asked } = setup(late);
  const answer = mender.mend({ offer: 'o' });
  await vi.advanceTimersByTimeAsync(500);
  expect(await answer).toBe('by POST');
  expect(asked).toEqual(['socket o', 'POST /api/v1/sessions/s%201/restart {"offer":"o","secret":"k"}']);
});

test('the socket wins where the POST is slower', async () => {
  const { mender } = setup({
    socket: () => after(50, () => ({ answer: 'by socket' })),
    post: () => after(100, () => json({ answer: 'by POST' })),
  });
  const answer = mender.mend({ offer: 'o' });
  await vi.advanceTimersByTimeAsync(500);
  expect(await answer).toBe('by socket');
});

test('without a socket the POST alone will do', async () => {
  const { mender } = setup({
    socket: () => Promise.reject(new Unreachable('no socket')),
    post: async () => json({ answer: 'by POST' }),
  });
  expect(await mender.mend({ offer: 'o' })).toBe('by POST');
});

test('a socket is told an offer once, a new one once more', async () => {
  const world = {
    socket: () => new Promise<Restarted>(() => undefined),
    post: () => Promise.reject(new TypeError('down')),
    number: 1,
  };
  const { mender, asked } = setup(world);
  void mender.mend({ offer: 'o' });
  void mender.mend({ offer: 'o' });
  world.number = 2;
  void mender.mend({ offer: 'o' });
  await vi.advanceTimersByTimeAsync(0);
  expect(asked.filter((a) => a === 'socket o')).toHaveLength(2);
  expect(asked.filter((a) => a.startsWith('POST'))).toHaveLength(3);
});

test('an answer that is no JSON is somebody else on the way', async () => {
  const { mender } = setup({
    socket: () => Promise.reject(new Unreachable('no socket')),
    post: async () => new Response('<html>Welcome to the hotel</html>'),
  });
  await expect(mender.mend({ offer: 'o' })).rejects.toBeInstanceOf(Unreachable);
});

test('a no for good ends it, a no of the moment waits for the other', async () => {
  const slow = after(100, () => 'yes');
  const good = firstAnswer([Promise.reject(refused('rate_limited')), slow]);
  await vi.advanceTimersByTimeAsync(200);
  expect(await good).toBe('yes');
  const never = new Promise<string>(() => undefined);
  await expect(firstAnswer([Promise.reject(refused('bad_offer')), never])).rejects.toMatchObject({
    code: 'bad_offer',
  });
  await expect(firstAnswer([Promise.reject(refused('session_unknown')), never])).rejects.toMatchObject({
    code: 'session_unknown',
  });
});

test('when nobody answers, a refusal says more than silence', async () => {
  const both = firstAnswer([
    Promise.reject(refused('rate_limited')),
    after(10, fail(new Unreachable('gone'))),
  ]);
  both.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(20);
  await expect(both).rejects.toMatchObject({ code: 'rate_limited' });
});
