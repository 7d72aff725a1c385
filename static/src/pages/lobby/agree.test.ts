import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import type { Consent } from '../../room/model';
import { agreeAndJoin, enterLabel, mustAgree } from './agree';

const notice = { name: 'n', records: [] };

test('the button says that it agrees, until the server has the yes', () => {
  expect(enterLabel({ state: 'asked', notice }, true)).toBe('consent.agree');
  expect(enterLabel({ state: 'failed', notice, code: null }, false)).toBe('consent.agreeEarly');
  expect(enterLabel({ state: 'given', notice, at: 0 }, true)).toBe('lobby.join');
  expect(enterLabel({ state: 'not_needed' }, false)).toBe('lobby.joinEarly');
  expect(mustAgree({ state: 'given', notice, at: 0 })).toBe(false);
});

test('nobody goes in whose yes did not arrive', async () => {
  for (const arrives of [true, false]) {
    let joined = false;
    const consent = { consent: signal<Consent>({ state: 'asked', notice }), give: async () => arrives };
    const join = () => {
      joined = true;
    };
    await agreeAndJoin({ consent, join });
    expect(joined).toBe(arrives);
  }
});
