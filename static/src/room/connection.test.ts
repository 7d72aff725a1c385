import { expect, test } from 'vitest';
import { connectionOf } from './connection';

const connected = { state: 'connected' } as const;
const connecting = { state: 'connecting' } as const;

test('connected takes the server, the media and the room', () => {
  expect(connectionOf(connecting, 'up', 'connected', true, 5)).toEqual(connected);
  expect(connectionOf(connecting, 'up', 'connecting', true, 5)).toEqual(connecting);
  expect(connectionOf(connected, 'up', 'connected', false, 5)).toEqual({ state: 'reconnecting', since: 5 });
});

test('a console has no media to wait for', () => {
  expect(connectionOf(connecting, 'up', 'none', true, 5)).toEqual(connected);
});

test('reconnecting keeps the moment it began', () => {
  const first = connectionOf(connected, 'waiting', 'connected', true, 5);
  expect(connectionOf(first, 'opening', 'interrupted', true, 900)).toEqual({
    state: 'reconnecting',
    since: 5,
  });
  expect(connectionOf(first, 'up', 'connected', true, 900)).toEqual(connected);
});

test('media without a way is told as that while the server answers', () => {
  expect(connectionOf(connected, 'up', 'hopeless', true, 5)).toEqual({ state: 'no_media' });
  expect(connectionOf({ state: 'no_media' }, 'waiting', 'hopeless', true, 5)).toEqual({
    state: 'reconnecting',
    since: 5,
  });
});
