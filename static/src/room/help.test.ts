import { signal } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DeviceState } from '../media/device';
import { Refused, Unreachable } from '../protocol/failure';
import type { Help } from '../protocol/types';
import { Hand, type HelpDevices } from './help';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const run = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

/** A microphone that asks the person first, and is held afterwards. */
function fakeDevices() {
  const microphone = signal<DeviceState>({ state: 'off' });
  const outgoing = signal<MediaStreamTrack | null>(null);
  const world = { takes: 0, rests: 0, takesMS: 0, problem: false, held: false };
  const on = () => {
    microphone.value = { state: 'on', label: 'mic', deviceId: 'm' };
    outgoing.value = { id: `track ${world.takes}` } as MediaStreamTrack;
  };
  const devices: Partial<HelpDevices> = {
    microphone,
    outgoing: () => outgoing,
    toggle: async () => {
      if (microphone.value.state === 'on') {
        microphone.value = { state: 'off' };
        outgoing.value = null;
        return;
      }
      if (world.held) return on();
      world.takes += 1;
      microphone.value = { state: 'asking' };
      await new Promise((resolve) => setTimeout(resolve, world.takesMS));
      if (world.problem) microphone.value = { state: 'problem', problem: 'denied' };
      else {
        world.held = true;
        on();
      }
    },
    rest: () => {
      world.rests += 1;
      world.held = false;
      microphone.value = { state: 'off' };
      outgoing.value = null;
    },
  };
  return { devices: devices as HelpDevices, world, microphone, outgoing };
}

function setup() {
  const { devices, world: mic, outgoing } = fakeDevices();
  const world = {
    told: [] as Help[],
    sent: null as MediaStreamTrack | null,
    media: true,
    loud: 0,
    refuse: null as ((help: Help) => Error | null) | null,
  };
  const hand = new Hand({
    devices,
    tell: async (help) => {
      world.told.push(help);
      const error = world.refuse?.(help);
      if (error) throw error;
    },
    media: async () => world.media,
    send: (track) => {
      world.sent = track;
    },
    loudness: () => world.loud,
    soundBlocked: signal(false),
    playSound: () => undefined,
  });
  return { hand, world, mic, outgoing };
}

const modes = (told: Help[]) => told.map(({ mode, to }) => (to ? `${mode} ${to}` : mode));

test('to listen asks for no microphone, and tells how loud the room is', async () => {
  const { hand, world, mic } = setup();
  hand.listen('a');
  expect(hand.state.value).toMatchObject({ mode: 'starting', wants: 'listen' });
  await run();
  expect(hand.state.value).toEqual({ mode: 'listen', consultation: 'a', to: null });
  expect([mic.takes, world.sent]).toEqual([0, null]);
  world.loud = 0.1;
  await run(150);
  expect(hand.heard.value).toBeGreaterThan(0.5);
  hand.quiet();
  expect(hand.heard.value).toBe(0);
  expect(modes(world.told)).toEqual(['listen', 'quiet']);
});

test('the microphone is asked for in the click itself', () => {
  const { hand, mic } = setup();
  hand.speak('a');
  expect(mic.takes).toBe(1);
});

test('a released key is silence at once, and the microphone stays warm for the next word', async () => {
  const { hand, world, mic } = setup();
  hand.speak('a', 'firm');
  await run();
  expect(hand.state.value).toEqual({ mode: 'speak', consultation: 'a', to: 'firm' });
  expect(world.sent).not.toBeNull();
  hand.hush();
  expect(world.sent).toBeNull();
  await run();
  expect(hand.state.value.mode).toBe('listen');
  hand.speak('a');
  expect(world.sent).not.toBeNull(); // before anything was waited for
  await run();
  expect(mic.takes).toBe(1);
  expect(modes(world.told)).toEqual(['speak firm', 'listen', 'speak']);
});

test('its lamp goes out a minute after the last word, and not before', async () => {
  const { hand, mic } = setup();
  hand.speak('a');
  await run();
  await run(120_000);
  expect(mic.rests).toBe(0); // still speaking
  hand.hush();
  await run(59_000);
  expect(mic.rests).toBe(0);
  await run(2000);
  expect(mic.rests).toBe(1);
});

test('a permission that comes after the key was released lets nothing out', async () => {
  const { hand, world, mic, outgoing } = setup();
  mic.takesMS = 3000;
  hand.speak('a');
  await run(1000);
  hand.hush();
  await run(5000);
  expect(world.sent).toBeNull();
  expect(outgoing.value).toBeNull();
  expect(modes(world.told)).toEqual(['listen']);
});

test('no microphone: the room can be heard all the same', async () => {
  const { hand, world, mic } = setup();
  mic.problem = true;
  hand.speak('a');
  await run();
  expect(hand.state.value).toEqual({
    mode: 'failed',
    consultation: 'a',
    why: { what: 'microphone', problem: 'denied' },
    still: 'listen',
  });
  expect(world.sent).toBeNull();
});

test('where another coordinator speaks this one is refused and goes on listening', async () => {
  const { hand, world } = setup();
  world.refuse = ({ mode }) => (mode === 'speak' ? new Refused({ code: 'conflict' }) : null);
  hand.speak('a');
  await run();
  expect(hand.state.value).toMatchObject({
    mode: 'failed',
    why: { what: 'refused', code: 'conflict' },
    still: 'listen',
  });
  expect(world.sent).toBeNull();
});

test('without a path nothing is asked of the server but quiet', async () => {
  const { hand, world } = setup();
  world.media = false;
  hand.listen('a');
  await run();
  expect(hand.state.value).toMatchObject({ mode: 'failed', why: { what: 'unreachable' }, still: 'quiet' });
  expect(modes(world.told)).toEqual(['quiet']);
});

test('a lost socket is silence; back again, the server is told so', async () => {
  const { hand, world } = setup();
  hand.speak('a');
  await run();
  hand.sessionDown();
  expect([hand.state.value.mode, world.sent]).toEqual(['quiet', null]);
  world.told = [];
  hand.sessionUp();
  await run();
  expect(modes(world.told)).toEqual(['quiet']);
  hand.sessionUp();
  await run();
  expect(world.told).toHaveLength(1);
});

test('a quiet that was refused for its rate is told again', async () => {
  const { hand, world } = setup();
  hand.listen('a');
  await run();
  world.refuse = () => new Refused({ code: 'rate_limited', retry_after_ms: 700 });
  hand.quiet();
  await run();
  world.refuse = null;
  await run(800);
  expect(modes(world.told)).toEqual(['listen', 'quiet', 'quiet']);
});

test('the room that closes ends it; news from before it began do not', async () => {
  const { hand, world } = setup();
  hand.speak('a');
  await run();
  hand.told(undefined);
  expect(hand.state.value.mode).toBe('speak');
  hand.told('a');
  hand.told(undefined);
  expect([hand.state.value.mode, world.sent]).toEqual(['quiet', null]);
});

test('an answer that was overtaken changes nothing', async () => {
  const { hand, world } = setup();
  let answer = () => {};
  const slow = new Promise<void>((resolve) => (answer = resolve));
  world.refuse = null;
  hand.listen('a');
  hand.listen('b');
  answer();
  await slow;
  await run();
  expect(hand.state.value).toMatchObject({ mode: 'listen', consultation: 'b' });
});

test('another microphone is heard while speaking, and a new path carries it', async () => {
  const { hand, world, outgoing } = setup();
  hand.speak('a');
  await run();
  const other = { id: 'other' } as MediaStreamTrack;
  outgoing.value = other;
  expect(world.sent).toBe(other);
  world.sent = null;
  hand.mediaRenewed();
  expect(world.sent).toBe(other);
});

test('an unreachable server is no voice', async () => {
  const { hand, world } = setup();
  world.refuse = () => new Unreachable('gone');
  hand.speak('a');
  await run();
  expect(hand.state.value).toMatchObject({ mode: 'failed', why: { what: 'unreachable' } });
  expect(world.sent).toBeNull();
});
