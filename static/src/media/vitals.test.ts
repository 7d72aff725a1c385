import { expect, test } from 'vitest';
import { echoHeard, type Moment } from './echo';
import { judge } from './look';
import { countPath, lossBetween } from './vitals';

const stat = (type: string, values: object) => ({ id: 'x', timestamp: 0, type, ...values }) as never;

test('a path is counted over all that is received, with the round trip of the pair in use', () => {
  const report = [
    stat('inbound-rtp', { packetsReceived: 90, packetsLost: 10 }),
    stat('inbound-rtp', { packetsReceived: 10, packetsLost: -2 }),
    stat('candidate-pair', { state: 'succeeded', nominated: false, currentRoundTripTime: 9 }),
    stat('candidate-pair', { state: 'succeeded', nominated: true, currentRoundTripTime: 0.05 }),
    stat('candidate-pair', { state: 'succeeded', nominated: true, selected: false, currentRoundTripTime: 7 }),
  ];
  expect(countPath(report)).toEqual({ roundTrip: 50, received: 100, lost: 10 });
  expect(countPath([])).toEqual({ roundTrip: null, received: 0, lost: 0 });
});

test('loss is that since the last count, and a new PeerConnection begins again', () => {
  const count = (received: number, lost: number) => ({ roundTrip: null, received, lost });
  expect(lossBetween(count(100, 50), count(190, 60))).toBeCloseTo(0.1);
  expect(lossBetween(count(1000, 50), count(30, 10))).toBeCloseTo(0.25);
  expect(lossBetween(null, count(0, 0))).toBe(0);
});

/** Somebody far away speaks two seconds of every four. */
const far = (i: number): number => (i % 40 < 20 ? 0.5 + 0.2 * Math.sin(i) : 0.02);
const moments = (near: (i: number) => number): Moment[] =>
  Array.from({ length: 100 }, (_, i) => ({ far: far(i), near: near(i) }));

test('a microphone that repeats the loudspeaker a little later is an echo', () => {
  expect(echoHeard(moments((i) => (i < 3 ? 0 : 0.5 * far(i - 3))))).toBe(true);
});

test('people who talk in turns, and a silent microphone, are none', () => {
  expect(echoHeard(moments((i) => (i % 40 < 20 ? 0.05 : 0.6)))).toBe(false);
  expect(echoHeard(moments(() => 0))).toBe(false);
  expect(echoHeard(moments((i) => 0.01 * far(i)))).toBe(false);
});

test('a few moments, or nobody speaking far away, prove nothing', () => {
  expect(echoHeard(moments((i) => far(i)).slice(0, 40))).toBe(false);
  expect(echoHeard(Array.from({ length: 100 }, () => ({ far: 0, near: 0.5 })))).toBe(false);
});

const picture = (grey: number): Uint8ClampedArray => new Uint8ClampedArray(64).fill(grey);

test('a lid is dark, the same picture twice hangs, anything else is a camera', () => {
  expect(judge(null, picture(3))).toBe('dark');
  expect(judge(picture(120), picture(120))).toBe('frozen');
  expect(judge(picture(120), picture(121))).toBe('ok');
  expect(judge(null, picture(120))).toBe('ok');
});
