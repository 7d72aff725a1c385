import { expect, test } from 'vitest';
import type { AttendanceRecord, ReportEntry } from '../../../protocol/types';
import { citedOf, percent } from './cited';

const entry = (id: string): ReportEntry => ({ id, at: '', kind: 'seat_joined', hash: '' });

test('the page names the entries that its facts come from, and counts the others', () => {
  const record = {
    evidence: [{ kind: 'first_in', entry: 'e1' }, { kind: 'together' }],
    corrections: [{ entry: 'e4' }],
    contacts: [{ id: 'e2' }],
    seats: [{ intervals: [{ entry: 'e1' }, { entry: 'e6' }] }],
  } as unknown as AttendanceRecord;
  const { named, more } = citedOf({ record, entries: ['e1', 'e2', 'e3', 'e4', 'e5'].map(entry) });
  expect(named.map(({ id }) => id)).toEqual(['e1', 'e2', 'e4']);
  expect(more).toBe(2);
});

test.each([
  [0, '0 %'],
  [0.0004, '< 0.1 %'],
  [0.004, '0.4 %'],
  [0.06, '6 %'],
  [0.256, '26 %'],
  [1, '100 %'],
])('a share of %s is %s', (share, text) => {
  expect(percent(share)).toBe(text);
});
