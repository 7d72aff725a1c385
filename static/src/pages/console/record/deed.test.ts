import { expect, test } from 'vitest';
import type { AuditAction } from '../../../protocol/types';
import { actionsOf, addressOf, type Deed, deedOf, roleOf } from './deed';

const cases: [AuditAction, string, Deed][] = [
  ['verdict', 'held_by_phone', { what: 'verdict', verdict: 'held_by_phone' }],
  ['verdict', '', { what: 'taken_back' }],
  ['contact', 'coming 10', { what: 'contact', outcome: 'coming', minutes: 10 }],
  ['contact', 'no_answer', { what: 'contact', outcome: 'no_answer', minutes: 0 }],
  [
    'paper',
    '2021-12-06T01:00:00Z/2021-12-06T01:30:00Z',
    { what: 'between', from: '2021-12-06T01:00:00Z', to: '2021-12-06T01:30:00Z' },
  ],
  ['mute', 'microphone', { what: 'device', device: 'microphone' }],
  ['device', 'gain 150', { what: 'gain', percent: 150 }],
  ['device', 'devices', { what: 'device', device: 'devices' }],
  ['extend', '10', { what: 'minutes', count: 10 }],
  ['mail', '35', { what: 'letters', count: 35 }],
  ['hand_over', 'a2', { what: 'someone', id: 'a2' }],
  ['erase', 'buyer-7', { what: 'someone', id: 'buyer-7' }],
  ['session_ended', 's9 of a2', { what: 'someone', id: 'a2' }],
  ['sign_in', 's9', { what: 'none' }],
  ['edit', 'move_booth 14', { what: 'edit', op: 'move_booth', revision: '14' }],
  ['link', 'reissued l5', { what: 'made', did: 'reissued', id: 'l5' }],
  ['key', 'made key_1', { what: 'made', did: 'made', id: 'key_1' }],
  ['hook', 'replayed h1', { what: 'made', did: 'replayed', id: 'h1' }],
  ['report', 'pack', { what: 'file', file: 'pack', csv: false, day: '', firm: '', country: '' }],
  [
    'report',
    'no-shows.csv?country=FR&day=2021-12-06',
    { what: 'file', file: 'no-shows', csv: true, day: '2021-12-06', firm: '', country: 'FR' },
  ],
  ['report', 'something new', { what: 'other', text: 'something new' }],
  ['account', 'a1 made viewer', { what: 'account', id: 'a1', changes: ['made'], right: 'viewer' }],
  [
    'account',
    'a1 name right=coordinator events',
    { what: 'account', id: 'a1', changes: ['name', 'right', 'events'], right: 'coordinator' },
  ],
  ['write', '*', { what: 'to', to: 'all' }],
  ['write', 'S01', { what: 'to', to: 'room' }],
  ['write', 'S01/buyer', { what: 'to', to: 'person' }],
  ['write', 'booth:b1', { what: 'to', to: 'booth' }],
  ['listen', '', { what: 'none' }],
  ['profile', 'heap', { what: 'other', text: 'heap' }],
];

test.each(cases)('what was done is read from its entry: %s %s', (action, detail, deed) => {
  expect(deedOf({ action, detail })).toEqual(deed);
});

test('a seat says whose it is', () => {
  expect(roleOf('S01/buyer/2')).toBe('buyer');
  expect(roleOf('S01')).toBeNull();
  expect(roleOf('S01/window')).toBeNull();
});

test('sign-ins stand in the log of the house alone, what was read out in both', () => {
  expect(actionsOf('house')).toContain('sign_in_failed');
  expect(actionsOf('event')).not.toContain('sign_in_failed');
  expect(actionsOf('event')).toContain('report');
  expect(actionsOf('house')).toContain('report');
  expect(actionsOf('house')).not.toContain('listen');
});

test('a sign-in says from where; a reason that begins alike is a reason', () => {
  expect(addressOf({ action: 'sign_in_failed', reason: 'from 2001:db8::1' })).toBe('2001:db8::1');
  expect(addressOf({ action: 'sign_in' })).toBeNull();
  expect(addressOf({ action: 'remove', reason: 'from another firm' })).toBeNull();
});
