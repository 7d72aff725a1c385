import { expect, test } from 'vitest';
import { Refused } from '../protocol/failure';
import type { Bootstrap, Notice } from '../protocol/types';
import { ConsentAsk, consentOf } from './consent';
import { day, iso } from './testing';

const notice: Notice = { name: 'notice-1', records: ['attendance'] };
const given = { notice: 'notice-1', at: iso(day) };
const bootstrap = (over: Partial<Bootstrap> = {}) => ({ kind: 'person', notice, ...over }) as Bootstrap;

test.each([
  ['a person is asked', 'person', notice, 'asked'],
  ['who said yes is not asked again', 'person', { ...notice, consent: given }, 'given'],
  ['a yes to an older notice is none', 'person', { ...notice, name: 'notice-2', consent: given }, 'asked'],
  ['nothing recorded is nothing to ask', 'person', { ...notice, records: [] }, 'not_needed'],
  ['nobody asks a booth', 'booth', notice, 'not_needed'],
] as const)('%s', (_, kind, told, state) => {
  expect(consentOf(kind, { ...told, records: [...told.records] })).toMatchObject({ state });
});

test('a yes is told once, however often the button is pressed', async () => {
  const told: string[] = [];
  const ask = new ConsentAsk({
    tell: async (name) => {
      told.push(name);
      return given;
    },
    codeOf: () => null,
  });
  ask.learn(bootstrap());
  expect(await Promise.all([ask.give(), ask.give()])).toEqual([true, true]);
  expect(ask.consent.value).toEqual({ state: 'given', notice, at: day });
  expect(await ask.give()).toBe(true);
  expect(told).toEqual(['notice-1']);
  ask.learn(bootstrap()); // read before the yes was written down
  expect(ask.consent.value.state).toBe('given');
});

test('a yes that did not arrive is none, and can be said again', async () => {
  let fail = true;
  const ask = new ConsentAsk({
    tell: async () => {
      if (fail) throw new Refused({ code: 'unavailable' });
      return given;
    },
    codeOf: (error) => (error instanceof Refused ? error.code : null),
  });
  ask.learn(bootstrap());
  expect(await ask.give()).toBe(false);
  expect(ask.consent.value).toEqual({ state: 'failed', notice, code: 'unavailable' });
  fail = false;
  expect(await ask.give()).toBe(true);
});
