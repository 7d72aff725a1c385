import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Refused, Unreachable } from '../protocol/failure';
import type { Code, Me, SignInWays } from '../protocol/types';
import { SignIn } from './signin';

beforeEach(() => vi.useFakeTimers({ now: 0 }));
afterEach(() => vi.useRealTimers());

const ways: SignInWays = { passphrase: true, trial: false };
const run = (ms: number) => vi.advanceTimersByTimeAsync(ms);

function me(...events: string[]): Me {
  return {
    id: 'a',
    login: 'kim',
    name: 'Kim',
    right: 'coordinator',
    language: 'ko',
    session: 's',
    events: events.map((id) => ({ id, name: id, organiser: '', zone: 'Asia/Seoul', language: 'ko' })),
  };
}

function setup({
  wished = null as string | null,
  problem = null as Code | null,
  signedIn = false,
  events = ['one', 'two'],
} = {}) {
  const world = {
    signedIn,
    passphrase: 'right',
    away: false,
    wait: 0,
    me: me(...events),
    entered: [] as string[],
    typed: [] as string[],
  };
  const there = () => {
    if (world.away) throw new Unreachable('away');
  };
  const model = new SignIn({
    door: {
      ways: async () => {
        there();
        return ways;
      },
      signIn: async ({ login, passphrase }) => {
        there();
        world.typed.push(login);
        if (world.wait) throw new Refused({ code: 'rate_limited', retry_after_ms: world.wait });
        if (passphrase !== world.passphrase) throw new Refused({ code: 'sign_in_wrong' });
        world.signedIn = true;
      },
      signOut: async () => {
        there();
        world.signedIn = false;
      },
      me: async () => {
        there();
        if (!world.signedIn) throw new Refused({ code: 'sign_in_needed' });
        return world.me;
      },
    },
    monotonic: () => performance.now(),
    wished: () => wished,
    problem: () => problem,
    enter: (event) => world.entered.push(event),
  });
  model.start();
  return { world, model };
}

test('who has not signed in sees the form, and after it the events', async () => {
  const { world, model } = setup();
  await run(0);
  expect(model.state.value).toEqual({ at: 'form', ways, problem: null });
  model.signIn('kim', 'right');
  expect(model.state.value.at).toBe('signing');
  await run(0);
  expect(model.state.value).toEqual({ at: 'events', me: world.me });
  model.choose('two');
  expect(world.entered).toEqual(['two']);
  expect(model.state.value.at).toBe('entering');
});

test('a wrong passphrase is told, and the next one counts', async () => {
  const { model } = setup();
  await run(0);
  model.signIn('kim', 'wrong');
  await run(0);
  expect(model.state.value).toMatchObject({ at: 'form', problem: { code: 'sign_in_wrong' } });
  model.signIn('kim', 'right');
  await run(0);
  expect(model.state.value.at).toBe('events');
});

test('too many tries say how long to wait', async () => {
  const { world, model } = setup();
  await run(0);
  world.wait = 30_000;
  const before = performance.now();
  model.signIn('kim', 'right');
  await run(0);
  expect(model.state.value).toMatchObject({
    at: 'form',
    problem: { code: 'rate_limited', until: before + 30_000 },
  });
});

test('a network that fails while signing in keeps the form', async () => {
  const { world, model } = setup();
  await run(0);
  world.away = true;
  model.signIn('kim', 'right');
  await run(0);
  expect(model.state.value).toMatchObject({ at: 'form', problem: { code: null } });
});

test('who has signed in already goes to the event of the address bar', async () => {
  const { world, model } = setup({ wished: 'two', signedIn: true });
  await run(0);
  expect(world.entered).toEqual(['two']);
  expect(model.state.value.at).toBe('entering');
});

test('one event alone is not asked for; one that may not be entered is', async () => {
  const one = setup({ signedIn: true, events: ['only'] });
  await run(0);
  expect(one.world.entered).toEqual(['only']);
  const other = setup({ signedIn: true, wished: 'three' });
  await run(0);
  expect(other.world.entered).toEqual([]);
  expect(other.model.state.value.at).toBe('events');
});

test('a server that is away is asked until it answers', async () => {
  const { world, model } = setup();
  world.away = true;
  await run(5000);
  expect(model.state.value.at).toBe('asking');
  world.away = false;
  await run(5000);
  expect(model.state.value.at).toBe('form');
});

test('a sign-in that ended leads back to the form, which says so', async () => {
  const { model } = setup();
  await run(0);
  model.again('sign_in_needed');
  await run(0);
  expect(model.state.value).toMatchObject({ at: 'form', problem: { code: 'sign_in_needed' } });
});

test('what went wrong at the other provider is told', async () => {
  const { model } = setup({ problem: 'sign_in_wrong' });
  await run(0);
  expect(model.state.value).toMatchObject({ at: 'form', problem: { code: 'sign_in_wrong' } });
});
