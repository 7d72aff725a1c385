import { expect, test } from 'vitest';
import type { Health } from '../../protocol/types';
import { careOf, type Facts } from './care';

const well: Health = { camera: 'ok', microphone: 'ok', echo: false, level: 0.2, loss: 0, rtt_ms: 20 };
const on = { state: 'on', label: '', deviceId: '' } as const;
const facts = (health: Partial<Health>, more: Partial<Facts> = {}): Facts => ({
  connection: { state: 'connected' },
  microphone: on,
  camera: on,
  health: { ...well, ...health },
  now: 10_000,
  ...more,
});

test('a booth that is well has nothing to mend', () => {
  expect(careOf(facts({}))).toBeNull();
  expect(careOf(facts({}, { health: null }))).toBeNull();
});

test('sound comes before the picture, and the worst is told alone', () => {
  expect(careOf(facts({ microphone: 'silent', camera: 'dark', echo: true }))).toBe('microphone_silent');
  expect(careOf(facts({ camera: 'dark', microphone: 'clipping', loss: 0.2 }))).toBe('camera_dark');
  expect(careOf(facts({ loss: 0.2 }))).toBe('network');
});

test('what was measured of a device that is off or has a problem is not told', () => {
  const problem = { state: 'problem', problem: 'missing' } as const;
  expect(careOf(facts({ microphone: 'silent' }, { microphone: problem }))).toBeNull();
  expect(careOf(facts({ camera: 'dark' }, { camera: { state: 'off' } }))).toBe('camera_off');
});

test('a short break of the connection mends itself', () => {
  expect(careOf(facts({}, { connection: { state: 'reconnecting', since: 6000 } }))).toBeNull();
  expect(careOf(facts({}, { connection: { state: 'reconnecting', since: 4000 } }))).toBe('lost');
});
