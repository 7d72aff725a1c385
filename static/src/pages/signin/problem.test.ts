import { expect, test } from 'vitest';
import type { Code } from '../../protocol/types';
import { problemText } from './problem';

const words = {
  t: (key: string, values?: Record<string, string | number>) => `${key} ${JSON.stringify(values ?? {})}`,
};
const say = (code: Code | null, until = 0) => problemText(words as never, { code, until }, 1000);

test('every end of a try has its words', () => {
  expect(say(null)).toContain('unreachable');
  expect(say('sign_in_wrong')).toContain('wrong');
  expect(say('sign_in_needed')).toContain('over');
  expect(say('unavailable')).toContain('unavailable');
  expect(say('forbidden')).toContain('forbidden');
  expect(say('internal')).toContain('fault');
});

test('a wait is told in whole seconds and never as none', () => {
  expect(say('rate_limited', 31_400)).toContain('"count":31');
  expect(say('rate_limited', 500)).toContain('"count":1');
});
