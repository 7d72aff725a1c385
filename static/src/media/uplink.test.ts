import { expect, test } from 'vitest';
import type { Stat } from './diagnose';
import { uplinkOf } from './uplink';

const stat = (over: Partial<Stat>): Stat => ({ id: 'x', type: '', timestamp: 0, ...over });
const layer = (rid: string, framesPerSecond: number, qualityLimitationReason = 'bandwidth') =>
  stat({ type: 'outbound-rtp', kind: 'video', rid, framesPerSecond, qualityLimitationReason });

test('the estimate is that of the way in use', () => {
  const pair = (nominated: boolean, over: Partial<Stat> = {}) =>
    stat({ type: 'candidate-pair', nominated, ...over });
  const estimate = (availableOutgoingBitrate: number) => ({ availableOutgoingBitrate });
  expect(uplinkOf([pair(false, estimate(900_000)), pair(true, estimate(90_000))]).estimate).toBe(90_000);
  expect(uplinkOf([pair(true)]).estimate).toBeNull();
});

test('starved takes bandwidth as the reason, and no layer with motion', () => {
  expect(uplinkOf([layer('q', 3), layer('h', 0)]).starved).toBe(true);
  expect(uplinkOf([layer('q', 3, 'cpu')]).starved).toBe(false);
  expect(uplinkOf([layer('q', 3), layer('h', 20)]).starved).toBe(false);
  expect(uplinkOf([layer('q', 12)]).starved).toBe(false);
  expect(uplinkOf([]).starved).toBe(false);
});
