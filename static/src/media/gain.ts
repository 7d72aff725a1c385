import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals';

/** A chain that makes a microphone louder or softer; it runs once the browser lets it. */
interface Chain {
  context: AudioContext;
  source: MediaStreamAudioSourceNode;
  gain: GainNode;
  track: MediaStreamTrack;
}

/**
 * GainStage stands between the microphone and what is sent. At 100 percent, which is all that
 * most ever know, it is not there: no AudioContext is made, and the very track goes out. Where the
 * context does not run (iPhones stop it in a call), the very track goes out, too: too soft is better than silent.
 */
export class GainStage {
  private readonly input: ReadonlySignal<MediaStreamTrack | null>;
  private readonly percentSignal = signal(100);
  private readonly chain = signal<Chain | null>(null);
  private readonly running = signal(false);
  private context: AudioContext | null = null;
  private readonly unwatch: () => void;

  /** what is to be sent */
  readonly outgoing: ReadonlySignal<MediaStreamTrack | null>;

  constructor(input: ReadonlySignal<MediaStreamTrack | null>) {
    this.input = input;
    this.outgoing = computed(() => {
      const track = this.input.value;
      const chain = this.chain.value;
      return track && chain && this.running.value ? chain.track : track;
    });
    this.unwatch = effect(() => {
      const track = this.input.value;
      const percent = this.percentSignal.value;
      untracked(() => this.build(track, percent));
    });
  }

  get percent(): number {
    return this.percentSignal.peek();
  }

  /** false where this browser knows no audio graph */
  set(percent: number): boolean {
    if (typeof AudioContext !== 'function') return false;
    this.percentSignal.value = Math.min(400, Math.max(10, Math.round(percent)));
    return true;
  }

  close(): void {
    this.unwatch();
    this.build(null, 100);
    void this.context?.close().catch(() => undefined);
    this.context = null;
  }

  private build(track: MediaStreamTrack | null, percent: number): void {
    const old = this.chain.peek();
    const wanted = track !== null && percent !== 100;
    if (wanted && old?.source.mediaStream.getTracks()[0] === track) {
      // A jump would click in everybody's ear.
      old.gain.gain.setTargetAtTime(percent / 100, old.context.currentTime, 0.05);
      return;
    }
    if (old) {
      old.source.disconnect();
      old.gain.disconnect();
      old.track.stop();
      this.chain.value = null;
    }
    if (!wanted) return;
    const context = this.open();
    const source = context.createMediaStreamSource(new MediaStream([track]));
    const gain = context.createGain();
    gain.gain.value = percent / 100;
    // What is made louder must not clip.
    const limiter = context.createDynamicsCompressor();
    limiter.threshold.value = -6;
    limiter.ratio.value = 12;
    limiter.knee.value = 6;
    limiter.attack.value = 0.003;
    limiter.release.value = 0.1;
    const out = context.createMediaStreamDestination();
    source.connect(gain);
    gain.connect(limiter);
    limiter.connect(out);
    const louder = out.stream.getAudioTracks()[0];
    if (louder) this.chain.value = { context, source, gain, track: louder };
  }

  private open(): AudioContext {
    if (this.context) return this.context;
    const context = new AudioContext();
    const look = () => {
      this.running.value = context.state === 'running';
      if (context.state !== 'running' && context.state !== 'closed')
        void context.resume().catch(() => undefined);
    };
    context.onstatechange = look;
    this.context = context;
    look();
    return context;
  }
}
