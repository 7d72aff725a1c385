import { signal } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GainStage } from './gain';

const track = (id: string) => ({ id, stopped: false, stop: vi.fn() }) as unknown as MediaStreamTrack;

class FakeStream {
  readonly tracks: MediaStreamTrack[];
  constructor(tracks: MediaStreamTrack[]) {
    this.tracks = tracks;
  }
  getTracks = () => this.tracks;
  getAudioTracks = () => this.tracks;
}

class FakeContext {
  static all: FakeContext[] = [];
  static starts: AudioContextState = 'running';
  state = FakeContext.starts;
  currentTime = 0;
  onstatechange: (() => void) | null = null;
  gains: number[] = [];
  constructor() {
    FakeContext.all.push(this);
  }
  resume = async () => undefined;
  close = async () => {
    this.state = 'closed';
  };
  createMediaStreamSource = (mediaStream: FakeStream) => ({
    mediaStream,
    connect: vi.fn(),
    disconnect: vi.fn(),
  });
  createGain = () => {
    const { gains } = this;
    return {
      gain: {
        set value(v: number) {
          gains.push(v);
        },
        setTargetAtTime: (v: number) => gains.push(v),
      },
      connect: vi.fn(),
      disconnect: vi.fn(),
    };
  };
  createDynamicsCompressor = () => ({
    threshold: {},
    ratio: {},
    knee: {},
    attack: {},
    release: {},
    connect: vi.fn(),
  });
  createMediaStreamDestination = () => ({
    stream: new FakeStream([track(`louder ${FakeContext.all.length}`)]),
  });
}

beforeEach(() => {
  FakeContext.all = [];
  FakeContext.starts = 'running';
  vi.stubGlobal('AudioContext', FakeContext);
  vi.stubGlobal('MediaStream', FakeStream);
});
afterEach(() => vi.unstubAllGlobals());

test('at its own loudness the very track goes out, and no audio graph is made', () => {
  const input = signal<MediaStreamTrack | null>(track('a'));
  const stage = new GainStage(input);
  stage.set(100);
  expect(stage.outgoing.value).toBe(input.value);
  expect(FakeContext.all).toHaveLength(0);
});

test('louder and softer pass through one graph, which another change only turns', () => {
  const stage = new GainStage(signal(track('a')));
  stage.set(200);
  const louder = stage.outgoing.value;
  expect(louder?.id).toMatch(/^louder/);
  stage.set(50);
  expect(stage.outgoing.value).toBe(louder);
  expect(FakeContext.all[0]?.gains).toEqual([2, 0.5]);
  stage.set(1000);
  expect(stage.percent).toBe(400);
});

test('muted is muted, and another microphone passes as loud as the one before', () => {
  const input = signal<MediaStreamTrack | null>(track('a'));
  const stage = new GainStage(input);
  stage.set(200);
  input.value = null;
  expect(stage.outgoing.value).toBeNull();
  input.value = track('b');
  expect(stage.outgoing.value?.id).toMatch(/^louder/);
  expect(FakeContext.all).toHaveLength(1);
  stage.set(100);
  expect(stage.outgoing.value?.id).toBe('b');
});

test('where the graph does not run the very track goes out: too soft is better than silent', () => {
  FakeContext.starts = 'suspended';
  const stage = new GainStage(signal(track('a')));
  stage.set(200);
  expect(stage.outgoing.value?.id).toBe('a');
  const [context] = FakeContext.all;
  if (context) context.state = 'running';
  context?.onstatechange?.();
  expect(stage.outgoing.value?.id).toMatch(/^louder/);
  if (context) context.state = 'interrupted' as AudioContextState;
  context?.onstatechange?.();
  expect(stage.outgoing.value?.id).toBe('a');
});

test('a browser without audio graphs says so', () => {
  vi.stubGlobal('AudioContext', undefined);
  expect(new GainStage(signal(track('a'))).set(200)).toBe(false);
});
