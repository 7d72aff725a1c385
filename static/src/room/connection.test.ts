import { expect, test } from 'vitest';
import { connectionOf } from './connection';

const connected = { state: 'connected' } as const;
const connecting = { state: 'connecting' } as const;

test('connected takes the server, the media and the room', () => {
  expect(connectionOf(connecting, 'up', 'connected', 'elsewhere', 5)).toEqual(connected);
  expect(connectionOf(connecting, 'up', 'connecting', 'elsewhere', 5)).toEqual(connecting);
  expect(connectionOf(connected, 'up', 'connected', 'returning', 5)).toEqual({
    state: 'reconnecting',
    since: 5,
  });
});

test('a console has no media to wait for', () => {
  expect(connectionOf(connecting, 'up', 'none', 'elsewhere', 5)).toEqual(connected);
});

test('reconnecting keeps the moment it began', () => {
  const first = connectionOf(connected, 'waiting', 'interrupted', 'seated', 5);
  expect(connectionOf(first, 'opening', 'interrupted', 'seated', 900)).toEqual({
    state: 'reconnecting',
    since: 5,
  });
  expect(connectionOf(first, 'up', 'connected', 'seated', 900)).toEqual(connected);
});

test('media without a way is told as that while the server answers', () => {
  expect(connectionOf(connected, 'up', 'hopeless', 'elsewhere', 5)).toEqual({ state: 'no_media' });
  expect(connectionOf({ state: 'no_media' }, 'waiting', 'hopeless', 'elsewhere', 5)).toEqual({
    state: 'reconnecting',
    since: 5,
  });
});

test('who is heard and seen while the socket is gone is not away: messages are late', () => {
  const late = connectionOf(connected, 'waiting', 'connected', 'seated', 5);
  expect(late).toEqual({ state: 'late', since: 5 });
  expect(connectionOf(late, 'opening', 'connected', 'seated', 4000)).toEqual(late);
});

test('when the path goes after the socket, the person is away from then on; when it comes back first, only messages are late', () => {
  const late = connectionOf(connected, 'waiting', 'connected', 'seated', 5);
  const away = connectionOf(late, 'waiting', 'interrupted', 'seated', 7000);
  expect(away).toEqual({ state: 'reconnecting', since: 7000 });
  expect(connectionOf(away, 'opening', 'connected', 'seated', 9000)).toEqual({ state: 'late', since: 9000 });
});

test('before the room a lost socket is a lost connection: nobody is heard there', () => {
  expect(connectionOf(connected, 'waiting', 'connected', 'elsewhere', 5)).toEqual({
    state: 'reconnecting',
    since: 5,
  });
});
