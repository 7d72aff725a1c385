import { expect, test } from 'vitest';
import type { Policy, Timetable } from '../../../protocol/types';
import { nextId, onClock } from './draft';
import { policyDraft, policyOf, readable } from './policy';

const policy: Policy = {
  doors_seconds: 900,
  grace_seconds: 90,
  gap_seconds: 600,
  late_after_seconds: 120,
  call_after_seconds: 180,
  silent_listening: false,
  no_show_after_seconds: 600,
  max_overrun_seconds: 3600,
  extension_minutes: [5, 10],
  seats: 3,
  languages: ['ko', 'en'],
};

test('a policy that nobody touched comes back as it was', () => {
  expect(policyOf(policyDraft(policy), policy)).toEqual(policy);
});

test('a field that is empty, no number or out of bounds keeps the form from being sent', () => {
  const draft = policyDraft(policy);
  for (const doors of ['', 'x', '0', '500']) {
    expect(policyOf({ ...draft, doors }, policy)).toBeNull();
  }
  expect(policyOf({ ...draft, seats: '1.5' }, policy)).toBeNull();
  expect(policyOf({ ...draft, languages: [] }, policy)).toBeNull();
});

test('whether a room is told of a listener is sent as ticked', () => {
  expect(policyOf({ ...policyDraft(policy), silent: true }, policy)?.silent_listening).toBe(true);
});

test('steps and languages are sent in order', () => {
  const out = policyOf({ ...policyDraft(policy), steps: [15, 5], languages: ['fr', 'ko'] }, policy);
  expect(out).toMatchObject({ extension_minutes: [5, 15], languages: ['ko', 'fr'] });
});

test("a new consultation follows the highest number, on the center's clock", () => {
  const table = { consultations: [{ id: 'S09' }, { id: 'S35' }, { id: 'extra' }] } as unknown as Timetable;
  expect(nextId(table)).toBe('S36');
  expect(onClock(Date.parse('2021-12-05T15:30:00Z'), 'Asia/Seoul')).toBe('2021-12-06T00:30');
});

test("a policy's change is told in minutes, languages by name", () => {
  const format = {
    minutes: (count: number) => `${count} min`,
    list: (items: readonly string[]) => items.join('+'),
    tongue: (code: string) => code.toUpperCase(),
  };
  const told = (field: string, before: string) => readable({ field, before, after: '' }, format).before;
  expect(told('doors', '900000000000')).toBe('15 min');
  expect(told('extensions', '[300000000000,600000000000]')).toBe('5 min+10 min');
  expect(told('languages', '["ko","fr"]')).toBe('KO+FR');
  expect(told('seats', '3')).toBe('3');
  expect(told('call_after', '180000000000')).toBe('3 min');
  expect(told('silent_listening', 'true')).toBe('true');
});
