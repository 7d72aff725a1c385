import { signal } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DeviceState } from '../media/device';
import { Refused, Unreachable } from '../protocol/failure';
import type { Health, Note } from '../protocol/types';
import { BoothCall } from './call';
import { healthOf, type Measured, Monitor } from './health';
import { Bell } from './ring';
import { consultationAt, day, iso } from './testing';

beforeEach(() => vi.useFakeTimers({ now: day }));
afterEach(() => vi.useRealTimers());

const run = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const minutes = (m: number) => m * 60_000;

function bell() {
  const chimes: AbortSignal[] = [];
  const made = new Bell({
    now: () => Date.now(),
    chime: async (abort) => {
      chimes.push(abort);
    },
  });
  return { made, chimes };
}

test('a booth rings two minutes before the start, once', async () => {
  const { made, chimes } = bell();
  const next = consultationAt('a', 10);
  await run(minutes(8) - 500);
  made.look(next);
  expect(made.ring.value).toEqual({ state: 'quiet' });
  await run(500);
  made.look(next);
  expect(made.ring.value).toEqual({ state: 'ringing', consultation: next });
  await run(30_000);
  made.look(next);
  made.look(next);
  expect(made.ring.value).toEqual({ state: 'quiet' });
  expect(chimes).toHaveLength(1);
});

test('a ring that somebody stops is silent at once and does not come back', async () => {
  const { made, chimes } = bell();
  const next = consultationAt('a', 1);
  made.look(next);
  made.stop();
  made.look(next);
  expect(made.ring.value).toEqual({ state: 'quiet' });
  expect(chimes.map((c) => c.aborted)).toEqual([true]);
});

test('after the start nobody rings, and a ring ends with its consultation', async () => {
  const { made, chimes } = bell();
  made.look(consultationAt('a', 0));
  expect(chimes).toEqual([]);
  made.look(consultationAt('b', 1));
  made.look(null);
  expect(made.ring.value).toEqual({ state: 'quiet' });
});

function note(over: Partial<Note>): Note {
  return {
    id: 'n1',
    at: iso(Date.now()),
    from: { role: 'firm', name: 'Firm', seat: 'a/firm' },
    text: '',
    kind: 'call',
    ...over,
  };
}
const coordinator = { role: 'coordinator', name: 'Kim' } as const;

test('a call is told, seen, and answered in words', async () => {
  const call = new BoothCall({ now: () => Date.now(), tell: async () => undefined });
  call.start();
  expect(call.call.value).toEqual({ state: 'calling' });
  await run(0);
  expect(call.call.value).toEqual({ state: 'called', at: day });
  call.heard([note({ seen_by: 'Kim' })]);
  expect(call.call.value).toEqual({ state: 'answered', name: 'Kim', text: '' });
  call.heard([note({ id: 'n2', kind: 'text', from: coordinator, text: 'Coming' })]);
  expect(call.call.value).toEqual({ state: 'answered', name: 'Kim', text: 'Coming' });
  call.heard([note({ seen_by: 'Kim' })]);
  expect(call.call.value).toMatchObject({ text: 'Coming' });
  await run(10_000);
  call.close();
  call.heard([note({ at: iso(day), seen_by: 'Kim' })]);
  expect(call.call.value).toEqual({ state: 'none' });
});

test('a word of a coordinator without a call is no answer', () => {
  const call = new BoothCall({ now: () => Date.now(), tell: async () => undefined });
  call.heard([note({ kind: 'text', from: coordinator, text: 'Hello' })]);
  expect(call.call.value).toEqual({ state: 'none' });
});

test('a call that the network took is made again, one that was refused is told', async () => {
  let fail: Error | null = new Unreachable('gone');
  const call = new BoothCall({
    now: () => Date.now(),
    tell: async () => {
      if (fail) throw fail;
    },
  });
  call.start();
  await run(0);
  expect(call.call.value).toEqual({ state: 'calling' });
  fail = null;
  call.again();
  await run(0);
  expect(call.call.value).toMatchObject({ state: 'called' });
  call.close();
  fail = new Refused({ code: 'rate_limited' });
  call.start();
  await run(0);
  expect(call.call.value).toEqual({ state: 'failed', code: 'rate_limited' });
});

test('after a reload an open call is still a call, an old one is forgotten', () => {
  const call = new BoothCall({ now: () => Date.now(), tell: async () => undefined });
  call.heard([note({ at: iso(day - minutes(20)) })]);
  expect(call.call.value).toEqual({ state: 'none' });
  call.heard([note({ at: iso(day - minutes(2)) })]);
  expect(call.call.value).toEqual({ state: 'called', at: day - minutes(2) });
});

function measured(over: Partial<Measured> = {}): Measured {
  return {
    microphone: { state: 'on', label: '', deviceId: '' },
    camera: 'ok',
    loudest: 0.7,
    clipped: 0,
    moments: [],
    before: { roundTrip: null, received: 100, lost: 0 },
    path: { roundTrip: 31.4, received: 195, lost: 5 },
    ...over,
  };
}

test('a booth that is well says so in numbers', () => {
  expect(healthOf(measured())).toEqual({
    microphone: 'ok',
    camera: 'ok',
    level: 0.7,
    echo: false,
    rtt_ms: 32,
    loss: 0.05,
  });
});

test.each([
  ['off', { microphone: { state: 'off' } as DeviceState }],
  ['silent', { loudest: 0.01 }],
  ['clipping', { clipped: 0.3, loudest: 1 }],
] as const)('a microphone that is %s is told as such', (word, over) => {
  expect(healthOf(measured(over)).microphone).toBe(word);
});

test('health is told every ten seconds, without a path, too, until the page goes', async () => {
  const told: Health[] = [];
  const monitor = new Monitor({
    microphone: signal<DeviceState>({ state: 'on', label: '', deviceId: '' }),
    level: () => 0.4,
    far: () => 0,
    camera: () => 'dark',
    path: async () => {
      throw new Error('closed');
    },
    tell: async (health) => void told.push(health),
  });
  monitor.start();
  await run(20_000);
  monitor.stop();
  await run(20_000);
  expect(told).toHaveLength(2);
  expect(told[0]).toMatchObject({ microphone: 'ok', camera: 'dark', level: 0.4, rtt_ms: 0, loss: 0 });
});
