import { expect, test } from 'vitest';
import { ServerClock } from './clock';

test('of several round trips the shortest is believed', () => {
  let local = 1000;
  const clock = new ServerClock(() => local);
  // The true offset is 500 000. A slow answer that waited on its way back lies by half its delay.
  local = 3000;
  clock.sample(1000, 501_010);
  expect(clock.now()).not.toBe(503_000);
  local = 3020;
  clock.sample(3000, 503_010);
  expect(clock.now()).toBe(503_020);
  local = 5000;
  clock.sample(4000, 504_010);
  expect(clock.now()).toBe(505_000);
  expect(clock.roundTrip).toBe(20);
});

test('old samples give way, so that a drifting clock is followed', () => {
  let local = 0;
  const clock = new ServerClock(() => local);
  clock.sample(0, 100);
  for (let i = 1; i <= 8; i++) {
    local = i * 1000;
    clock.sample(local - 10, local - 5 + 200);
  }
  expect(clock.now()).toBe(local + 200);
});

test('after a sleep only the newest sample counts', () => {
  let local = 0;
  const clock = new ServerClock(() => local);
  clock.sample(0, 100);
  local = 50;
  clock.sample(0, 90_025);
  clock.forget();
  expect(clock.now()).toBe(90_050);
});

test('nonsense from the server changes nothing', () => {
  const clock = new ServerClock(() => 0);
  clock.sample(0, 100);
  clock.sample(0, Number.NaN);
  expect(clock.now()).toBe(100);
});
