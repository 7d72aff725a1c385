import { type ReadonlySignal, signal } from '@preact/signals';
import type { ToneTest, VoiceTest } from './model';

export interface TrialsDeps {
  now(): number;
  /** the microphone as it would be sent, null while it is off */
  microphone(): MediaStreamTrack | null;
  /** 0 to 1, of the microphone */
  level: ReadonlySignal<number>;
  canRecord(): boolean;
  record(track: MediaStreamTrack, ms: number, signal: AbortSignal): Promise<Blob | null>;
  /** false when the browser would not */
  play(blob: Blob, signal: AbortSignal): Promise<boolean>;
  tone(signal: AbortSignal): Promise<void>;
}

const duration = 4000;
/** A level that somebody who speaks passes even far from a laptop. */
export const audible = 0.25;

/** Trials are the tests of the own voice and of the loudspeaker, one at a time. */
export class Trials {
  private readonly deps: TrialsDeps;
  private readonly voiceState = signal<VoiceTest>({ state: 'idle' });
  private readonly toneState = signal<ToneTest>({ state: 'idle' });
  private running: AbortController | null = null;

  constructor(deps: TrialsDeps) {
    this.deps = deps;
  }

  get voice(): ReadonlySignal<VoiceTest> {
    return this.voiceState;
  }
  get tone(): ReadonlySignal<ToneTest> {
    return this.toneState;
  }

  startVoice(): void {
    void this.tryVoice(this.begin());
  }

  startTone(): void {
    void this.tryTone(this.begin());
  }

  heard(yes: boolean): void {
    const answer = yes ? 'heard' : 'not_heard';
    if (this.voiceState.peek().state === 'asked') this.voiceState.value = { state: answer };
    if (this.toneState.peek().state === 'asked') this.toneState.value = { state: answer };
  }

  stop(): void {
    this.running?.abort();
    this.running = null;
    // A test that is cut short has found nothing; results stay.
    if (!isResult(this.voiceState.peek().state)) this.voiceState.value = { state: 'idle' };
    if (!isResult(this.toneState.peek().state)) this.toneState.value = { state: 'idle' };
  }

  private begin(): AbortSignal {
    this.stop();
    this.running = new AbortController();
    return this.running.signal;
  }

  private async tryVoice(signal: AbortSignal): Promise<void> {
    const say = (state: VoiceTest) => {
      if (!signal.aborted) this.voiceState.value = state;
    };
    const track = this.deps.microphone();
    if (!this.deps.canRecord()) return say({ state: 'failed', why: 'unsupported' });
    if (!track) return say({ state: 'failed', why: 'no_microphone' });
    say({ state: 'recording', until: this.deps.now() + duration });
    let loudest = 0;
    const unlisten = this.deps.level.subscribe((level) => {
      loudest = Math.max(loudest, level);
    });
    const blob = await this.deps.record(track, duration, signal).catch(() => null);
    unlisten();
    if (!blob) return say({ state: 'failed', why: 'unsupported' });
    if (loudest < audible) return say({ state: 'failed', why: 'silent' });
    say({ state: 'playing' });
    const played = await this.deps.play(blob, signal);
    say(played ? { state: 'asked' } : { state: 'failed', why: 'blocked' });
  }

  private async tryTone(signal: AbortSignal): Promise<void> {
    this.toneState.value = { state: 'playing' };
    await this.deps.tone(signal);
    if (!signal.aborted) this.toneState.value = { state: 'asked' };
  }
}

function isResult(state: VoiceTest['state'] | ToneTest['state']): boolean {
  return state === 'heard' || state === 'not_heard' || state === 'failed';
}
