import { expect, test } from 'vitest';
import { waitingOf } from './lobby';
import { consultationAt, day } from './testing';

const next = consultationAt('a', 60);
const opens = Date.parse(next.opens_at);
const nothing = { said: 'nothing' } as const;

test('too early counts down, and knows whether it goes in by itself', () => {
  expect(waitingOf(next, false, nothing, day)).toEqual({ for: 'doors', opensAt: opens, joins: false });
  expect(waitingOf(next, true, nothing, day)).toEqual({ for: 'doors', opensAt: opens, joins: true });
});

test('with open doors it is up to the person, or under way', () => {
  expect(waitingOf(next, false, nothing, opens)).toEqual({ for: 'person' });
  expect(waitingOf(next, true, nothing, opens)).toEqual({ for: 'reply' });
});

test("the server's doors count, not our own clock's", () => {
  const early = { said: 'early', opensAt: opens + 5000 } as const;
  expect(waitingOf(next, true, early, opens)).toEqual({ for: 'doors', opensAt: opens + 5000, joins: true });
  expect(waitingOf(next, true, early, opens + 5000)).toEqual({ for: 'reply' });
});

test('a seat in use is a question, a failure an offer to try again', () => {
  expect(waitingOf(next, true, { said: 'in_use' }, opens)).toEqual({ for: 'move' });
  expect(waitingOf(next, false, { said: 'no', code: 'room_full' }, opens)).toEqual({
    for: 'retry',
    code: 'room_full',
  });
});

test('with nothing left there is nothing to wait for', () => {
  expect(waitingOf(null, true, nothing, opens)).toEqual({ for: 'person' });
});
