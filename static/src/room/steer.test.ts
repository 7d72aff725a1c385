import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NotDone, Refused } from '../protocol/failure';
import type { Steer } from '../protocol/types';
import type { RoomsDesk } from './desk';
import { Wheel } from './steer';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function setup() {
  const asked: Steer[] = [];
  const world = { refuse: null as Error | null };
  let keys = 0;
  const wheel = new Wheel({
    newKey: () => `k${++keys}`,
    steer: async (steer) => {
      asked.push(steer);
      if (world.refuse) throw world.refuse;
    },
    desk: {} as RoomsDesk,
  });
  const report = (key: string, what: object) =>
    wheel.reported({ key, consultation: 'a', seat: 'a/buyer', ...what });
  return { wheel, asked, world, report };
}

const devices = {
  microphones: [],
  cameras: [],
  speakers: [],
  microphone: 'm',
  camera: '',
  speaker: '',
  gain: 100,
};

test('what only the server does is done with its reply; an empty reason is none', async () => {
  const { wheel, asked } = setup();
  await wheel.mute('a', 'a/buyer', 'microphone', '');
  await wheel.remove('a', 'a/buyer', 'shouted');
  expect(asked).toEqual([
    { key: 'k1', action: 'mute', consultation: 'a', seat: 'a/buyer', source: 'microphone' },
    { key: 'k2', action: 'remove', consultation: 'a', seat: 'a/buyer', reason: 'shouted' },
  ]);
});

test('what a browser answers is waited for by its key', async () => {
  const { wheel, report } = setup();
  const first = wheel.askDevices('a', 'a/buyer');
  const second = wheel.askDevices('a', 'a/firm');
  await vi.advanceTimersByTimeAsync(10);
  report('k2', { devices: { ...devices, microphone: 'second' } });
  report('k1', { devices: { ...devices, microphone: 'first' } });
  report('k9', { devices }); // nobody's
  expect((await first).microphone).toBe('first');
  expect((await second).microphone).toBe('second');
});

test('an answer may be quicker than the reply', async () => {
  const { wheel, asked, report } = setup();
  const done = wheel.gain('a', 'a/buyer', 150);
  report('k1', {});
  await done;
  expect(asked[0]).toMatchObject({ action: 'gain', gain: 150 });
});

test('a browser that could not tells why, one that is silent is silent after ten seconds', async () => {
  const { wheel, report } = setup();
  const missing = wheel.chooseDevice('a', 'a/buyer', 'microphone', 'x').catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(10);
  report('k1', { failed: 'no_such_device' });
  expect(await missing).toMatchObject({ name: 'NotDone', why: 'no_such_device' });
  const silent = wheel.diagnose('a', 'a/buyer').catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(9_900);
  const early = await Promise.race([silent, Promise.resolve('waiting')]);
  expect(early).toBe('waiting');
  await vi.advanceTimersByTimeAsync(200);
  expect(await silent).toBeInstanceOf(NotDone);
});

test('what the server refuses is refused at once, and waits for nobody', async () => {
  const { wheel, world } = setup();
  world.refuse = new Refused({ code: 'forbidden' });
  await expect(wheel.askDevices('a', 'a/buyer')).rejects.toMatchObject({ code: 'forbidden' });
});
