import { signal } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Trials, type TrialsDeps } from './trials';

beforeEach(() => vi.useFakeTimers({ now: 0 }));
afterEach(() => vi.useRealTimers());

const run = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function setup(over: Partial<TrialsDeps> = {}) {
  const level = signal(0);
  const trials = new Trials({
    now: () => Date.now(),
    microphone: () => ({}) as MediaStreamTrack,
    level,
    canRecord: () => true,
    record: async (_, ms, abort) => {
      await sleep(ms);
      return abort.aborted ? null : new Blob(['sound']);
    },
    play: async () => {
      await sleep(4000);
      return true;
    },
    tone: () => sleep(1000),
    ...over,
  });
  return { level, trials };
}

test('a voice is recorded, played back, asked about, and heard', async () => {
  const { level, trials } = setup();
  trials.startVoice();
  expect(trials.voice.value).toEqual({ state: 'recording', until: 4000 });
  level.value = 0.6;
  level.value = 0;
  await run(4000);
  expect(trials.voice.value).toEqual({ state: 'playing' });
  await run(4000);
  expect(trials.voice.value).toEqual({ state: 'asked' });
  trials.heard(true);
  expect(trials.voice.value).toEqual({ state: 'heard' });
});

test('a microphone that brings nothing is told, and nothing is played', async () => {
  const { trials } = setup();
  trials.startVoice();
  await run(8000);
  expect(trials.voice.value).toEqual({ state: 'failed', why: 'silent' });
});

test.each([
  ['no_microphone', { microphone: () => null }],
  ['unsupported', { canRecord: () => false }],
] as const)('without the means a test says %s', async (why, over) => {
  const { trials } = setup(over);
  trials.startVoice();
  await run(0);
  expect(trials.voice.value).toEqual({ state: 'failed', why });
});

test('a browser that does not play is no loudspeaker that fails', async () => {
  const { level, trials } = setup({ play: async () => false });
  level.value = 0.5;
  trials.startVoice();
  await run(4000);
  expect(trials.voice.value).toEqual({ state: 'failed', why: 'blocked' });
});

test('stop ends a test without a result, and a late end of it changes nothing', async () => {
  const { trials } = setup();
  trials.startVoice();
  await run(1000);
  trials.stop();
  expect(trials.voice.value).toEqual({ state: 'idle' });
  await run(10_000);
  expect(trials.voice.value).toEqual({ state: 'idle' });
});

test('one test at a time: the tone ends the recording, and a result stays', async () => {
  const { trials } = setup();
  trials.startVoice();
  await run(500);
  trials.startTone();
  expect(trials.voice.value).toEqual({ state: 'idle' });
  await run(1000);
  expect(trials.tone.value).toEqual({ state: 'asked' });
  trials.heard(false);
  trials.startVoice();
  expect(trials.tone.value).toEqual({ state: 'not_heard' });
});
