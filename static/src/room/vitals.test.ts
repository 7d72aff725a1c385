import { signal } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DeviceState } from '../media/device';
import type { Stat } from '../media/diagnose';
import type { MediaSlot } from '../media/slots';
import type { Slot, TellVitals } from '../protocol/types';
import { Teller } from './teller';
import { participant } from './testing';
import { carriedBy, microphoneOf, Steady, seatsOf, Unheard, vitalsOf } from './vitals';

const video = (id: string, freezes: number, seconds: number): Stat => ({
  id,
  type: 'inbound-rtp',
  kind: 'video',
  timestamp: 0,
  trackIdentifier: id,
  freezeCount: freezes,
  totalFreezesDuration: seconds,
});
const audio = (id: string, samples: number, concealed: number, silent = 0): Stat => ({
  id,
  type: 'inbound-rtp',
  kind: 'audio',
  timestamp: 0,
  trackIdentifier: id,
  totalSamplesReceived: samples,
  concealedSamples: concealed,
  silentConcealedSamples: silent,
});

const count = (before: Stat[], now: Stat[]) =>
  vitalsOf({
    before: { at: 0, stats: before },
    now: { at: 5000, stats: now },
    microphone: 'ok',
    camera: 'ok',
    unheard: [],
    hidden: false,
    steady: new Set(['a', 'b', 'c', 'd']),
  });

test('the worst picture and the worst voice count, and only what is new', () => {
  const told = count(
    [video('a', 2, 3), video('b', 0, 0), audio('c', 1000, 500), audio('d', 0, 0)],
    [video('a', 3, 3.5), video('b', 2, 1.5), audio('c', 241_000, 500), audio('d', 240_000, 24_000)],
  );
  expect(told).toMatchObject({ frozen: 0.3, freezes: 3, concealed: 0.1 });
});

test('silence that is made up while nobody sends is no broken voice', () => {
  expect(count([audio('a', 0, 0)], [audio('a', 240_000, 200_000, 200_000)]).concealed).toBe(0);
});

test('a new PeerConnection counts from nothing', () => {
  expect(count([video('a', 9, 30)], [video('b', 1, 0.5)])).toMatchObject({ frozen: 0.1, freezes: 1 });
});

test('a picture that stood still because its camera was off, or another came, has not frozen', () => {
  const steady = new Steady();
  const all = (video: string) =>
    new Map([
      ['v', video],
      ['w', 'x'],
    ]);
  steady.sample(all('a'));
  steady.turn();
  steady.sample(all('a'));
  expect([...steady.turn()]).toEqual(['v', 'w']);
  steady.sample(all('a'));
  steady.sample(new Map([['w', 'x']])); // off
  steady.sample(all('a')); // and on again
  expect([...steady.turn()]).toEqual(['w']);
  steady.sample(all('a')); // its first picture may come only now
  expect([...steady.turn()]).toEqual(['w']);
  steady.sample(all('b'));
  expect([...steady.turn()]).toEqual(['v', 'w']);
  expect(count([], [{ ...video('elsewhere', 3, 2) }])).toMatchObject({ frozen: 0, freezes: 0 });
});

const heard = (id: string, packets: number, energy: number, samples: number, concealed = 0): Stat => ({
  ...audio(id, samples, concealed),
  packetsReceived: packets,
  totalAudioEnergy: energy,
  totalSamplesDuration: samples / 48_000,
});
const hollowOf = (now: Stat) =>
  vitalsOf({
    before: { at: 0, stats: [heard('a', 100, 1, 48_000)] },
    now: { at: 5000, stats: [now] },
    microphone: 'ok',
    camera: 'ok',
    unheard: [],
    hidden: false,
    steady: new Set(['a']),
    seats: new Map([['a', 'S01/firm']]),
  }).hollow;

test('a voice whose packets come and which does not come out is hollow', () => {
  expect(hollowOf(heard('a', 350, 1.02, 288_000))).toBeUndefined();
  expect(hollowOf(heard('a', 350, 1, 288_000))).toEqual(['S01/firm']); // silence
  expect(hollowOf(heard('a', 350, 1.02, 288_000, 236_000))).toEqual(['S01/firm']); // all made up
  expect(hollowOf(heard('a', 350, 1, 48_000))).toEqual(['S01/firm']); // nobody takes any samples
});

test('of few packets, or of a browser that counts nothing of it, nothing is said', () => {
  expect(hollowOf(heard('a', 105, 1, 288_000))).toBeUndefined();
  expect(
    hollowOf({
      id: 'a',
      type: 'inbound-rtp',
      kind: 'audio',
      timestamp: 0,
      trackIdentifier: 'a',
      packetsReceived: 350,
    }),
  ).toBeUndefined();
  expect(hollowOf(heard('b', 350, 1, 288_000))).toBeUndefined();
});

test('the face with the fewest pictures counts, a screen does not', () => {
  const pictures = (id: string, n: number): Stat => ({ ...video(id, 0, 0), framesDecoded: n });
  const told = vitalsOf({
    before: { at: 0, stats: [pictures('a', 10), pictures('b', 10), pictures('c', 10)] },
    now: { at: 5000, stats: [pictures('a', 160), pictures('b', 85), pictures('c', 15)] },
    microphone: 'ok',
    camera: 'ok',
    unheard: [],
    hidden: false,
    steady: new Set(['a', 'b', 'c']),
    seats: new Map([
      ['a', 'S01/firm'],
      ['b', 'S01/buyer'],
    ]),
  });
  expect(told.rate).toBe(15);
});

test('what carries nobody, or one who is away or off, carries nothing', () => {
  const place = (n: number): MediaSlot =>
    ({
      slot: n,
      audio: { track: { id: `a${n}` } },
      video: { track: { id: `v${n}` } },
    }) as unknown as MediaSlot;
  const people = [
    participant('a'),
    participant('b', { sources: ['screen'] }),
    participant('c', { away: true }),
  ];
  const slots: Slot[] = [
    slot(0, 'a'),
    slot(1, 'b'),
    slot(2, 'c'),
    { slot: 7, kind: 'stage', participant: 'b', paused: false, hold_ms: 0 },
  ];
  expect([
    ...carriedBy(
      people,
      slots,
      Array.from({ length: 8 }, (_, n) => place(n)),
    ),
  ]).toEqual([
    ['a0', 'a'],
    ['v0', 'a'],
    ['v7', 'b'],
  ]);
  const seats = seatsOf(
    people,
    slots,
    Array.from({ length: 8 }, (_, n) => place(n)),
  );
  expect([...seats.keys()]).toEqual(['a0', 'v0', 'a2', 'v2']); // no screen, and nobody's who shares only one
});

test('the camera is held back by the worst reason of its layers that are sent', () => {
  const layer = (id: string, qualityLimitationReason: string, active = true): Stat => ({
    id,
    type: 'outbound-rtp',
    kind: 'video',
    timestamp: 0,
    qualityLimitationReason,
    active,
  });
  expect(count([], [layer('q', 'none'), layer('h', 'bandwidth')]).limited).toBe('bandwidth');
  expect(count([], [layer('q', 'cpu'), layer('h', 'bandwidth')]).limited).toBe('cpu');
  expect(count([], [layer('q', 'none'), layer('f', 'cpu', false)]).limited).toBe('none');
});

test('a microphone is off, silent, clipping or well', () => {
  expect(microphoneOf({ on: false, loudest: 0, clipped: 0 })).toBe('off');
  expect(microphoneOf({ on: true, loudest: 0.01, clipped: 0 })).toBe('silent');
  expect(microphoneOf({ on: true, loudest: 1, clipped: 0.3 })).toBe('clipping');
  expect(microphoneOf({ on: true, loudest: 0.6, clipped: 0 })).toBe('ok');
});

const slot = (n: number, id: string): Slot => ({
  slot: n,
  kind: 'person',
  participant: id,
  paused: false,
  hold_ms: 0,
});

test('who should sound and has not for five seconds is unheard', () => {
  const unheard = new Unheard();
  const people = [participant('a'), participant('b'), participant('c', { sources: ['camera'] })];
  const slots = [slot(0, 'a'), slot(1, 'b'), slot(2, 'c')];
  const packets = (...n: number[]) => new Map(n.map((p, i) => [i, p]));
  expect(unheard.read(0, people, slots, packets(5, 5, 0))).toEqual([]);
  expect(unheard.read(4000, people, slots, packets(5, 50, 0))).toEqual([]);
  expect(unheard.read(6000, people, slots, packets(5, 90, 0))).toEqual(['S01/a']);
  expect(unheard.read(7000, people, slots, packets(6, 120, 0))).toEqual([]);
});

test('who is away or muted, or has just come into a slot, is not unheard', () => {
  const unheard = new Unheard();
  const slots = [slot(0, 'a')];
  const none = new Map([[0, 5]]);
  expect(unheard.read(0, [participant('a', { away: true })], slots, none)).toEqual([]);
  expect(unheard.read(6000, [participant('a')], slots, none)).toEqual([]);
  expect(unheard.read(10_000, [participant('a', { sources: [] })], slots, none)).toEqual([]);
  expect(unheard.read(12_000, [participant('a')], slots, none)).toEqual([]);
});

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function teller() {
  const told: TellVitals[] = [];
  const world = { reachable: true, level: 0.5, inRoom: true };
  const one = new Teller({
    expected: () => (world.inRoom ? { participants: [], slots: [] } : null),
    slots: () => [],
    stats: async () => [],
    microphone: signal<DeviceState>({ state: 'on', label: '', deviceId: '' }),
    level: signal(0.5),
    camera: () => 'ok',
    hidden: () => true,
    playback: () => 'stopped',
    monotonic: () => Date.now(),
    reachable: () => world.reachable,
    tell: async (vitals) => void told.push(vitals),
  });
  return { one, told, world };
}

test('it tells every five seconds while in a room, and nothing while the socket is down', async () => {
  const { one, told, world } = teller();
  one.start();
  await vi.advanceTimersByTimeAsync(10_500);
  expect(told).toHaveLength(2);
  expect(told[0]).toMatchObject({ hidden: true, microphone: 'ok', playback: 'stopped' });
  world.reachable = false;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(told).toHaveLength(2);
  world.reachable = true;
  await vi.advanceTimersByTimeAsync(5000);
  expect(told).toHaveLength(3);
  one.stop();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(told).toHaveLength(3);
});
