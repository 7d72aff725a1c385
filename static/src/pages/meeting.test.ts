import { expect, test } from 'vitest';
import type { Consultation } from '../protocol/types';
import { afterwards, gateOf, today } from './meeting';

const now = Date.parse('2021-12-06T01:10:00Z');
const iso = (minutes: number): string => new Date(now + minutes * 60_000).toISOString();

function consultation(id: string, from: number, phase: Consultation['phase'] = 'scheduled'): Consultation {
  return {
    id,
    starts_at: iso(from),
    ends_at: iso(from + 40),
    opens_at: iso(from - 15),
    phase,
  } as Consultation;
}

test("a booth's day holds what is today at the center, and says where each stands", () => {
  const next = consultation('S2', 10);
  const all = [
    consultation('S1', -60),
    next,
    consultation('S3', 60),
    consultation('S4', 120, 'cancelled'),
    consultation('S5', 1440),
  ];
  expect(today(all, next, 'Asia/Seoul', now).map((line) => `${line.consultation.id} ${line.turn}`)).toEqual([
    'S1 past',
    'S2 next',
    'S3 later',
    'S4 cancelled',
  ]);
});

test('afterwards come only those that still take place', () => {
  const one = consultation('S2', 10);
  const all = [consultation('S1', -60), one, consultation('S3', 60, 'cancelled'), consultation('S4', 120)];
  expect(afterwards(all, one, now).map(({ id }) => id)).toEqual(['S4']);
});

test('the gate counts to the doors, then to the start', () => {
  expect(gateOf(consultation('S1', 20), now)).toEqual({ doors: 'shut', opensIn: 300_000 });
  expect(gateOf(consultation('S1', 10), now)).toEqual({ doors: 'open', startsIn: 600_000 });
});
