import { expect, test } from 'vitest';
import { isolated } from './isolate';

test('in an Arabic sentence every name keeps its own direction', () => {
  expect(isolated({ name: 'Textil (S.A.)', count: 3 }, 'rtl')).toEqual({
    name: '\u2068Textil (S.A.)\u2069',
    count: 3,
  });
});

test('an Arabic name keeps its direction in a sentence of any other language', () => {
  expect(isolated({ name: 'شركة النسيج', other: 'Firm 01' }, 'ltr')).toEqual({
    name: '\u2068شركة النسيج\u2069',
    other: 'Firm 01',
  });
});
