import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Refused, Unreachable } from '../protocol/failure';
import { type Message, Requests } from './requests';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function setup() {
  const sent: Message[] = [];
  return { sent, requests: new Requests((m) => sent.push(m)) };
}

test('a reply settles the request with its ref and no other', async () => {
  const { sent, requests } = setup();
  const a = requests.ask<number>('ping', {}, 1000);
  const b = requests.ask<number>('ping', {}, 1000);
  expect(sent.map((m) => m.ref)).toEqual([1, 2]);
  requests.settle({ type: 'pong', ref: 2, body: 22 });
  requests.settle({ type: 'pong', ref: 1, body: 11 });
  expect(await a).toBe(11);
  expect(await b).toBe(22);
});

test('an error reply is a refusal with its code', async () => {
  const { requests } = setup();
  const asked = requests.ask('join', {}, 1000);
  requests.settle({
    type: 'error',
    ref: 1,
    body: { code: 'too_early', opens_at: '2021-12-06T00:45:00Z', retry_after_ms: 7 },
  });
  const error = await asked.catch((e: unknown) => e);
  expect(error).toBeInstanceOf(Refused);
  expect(error).toMatchObject({
    code: 'too_early',
    retryAfter: 7,
    opensAt: Date.parse('2021-12-06T00:45:00Z'),
  });
});

test('no reply in time is unreachable, and a late one bothers nobody', async () => {
  const { requests } = setup();
  const asked = requests.ask('join', {}, 1000).catch((e: unknown) => e);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await asked).toBeInstanceOf(Unreachable);
  expect(requests.settle({ type: 'joined', ref: 1 })).toBe(true);
});

test('with its socket every pending request fails', async () => {
  const { requests } = setup();
  const asked = [requests.ask('a', {}, 1000), requests.ask('b', {}, 1000)];
  requests.failAll(new Unreachable('gone'));
  for (const a of asked) await expect(a).rejects.toBeInstanceOf(Unreachable);
});

test('what has no ref is not a reply', () => {
  const { requests } = setup();
  expect(requests.settle({ type: 'delta' })).toBe(false);
});
