const every = 100;

/** LevelMeter reads how loud a microphone is, 0 to 1, about ten times a second. It never ends the track. */
export class LevelMeter {
  private readonly tell: (level: number) => void;
  private context: AudioContext | null = null;
  private source: MediaStreamAudioSourceNode | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(tell: (level: number) => void) {
    this.tell = tell;
  }

  listen(track: MediaStreamTrack | null): void {
    this.quiet();
    if (!track || typeof AudioContext !== 'function') return;
    this.context ??= new AudioContext();
    const analyser = this.context.createAnalyser();
    analyser.fftSize = 1024;
    this.source = this.context.createMediaStreamSource(new MediaStream([track]));
    this.source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.timer = setInterval(() => {
      // Without a gesture the context may start suspended; a later one lets it run.
      if (this.context?.state === 'suspended') void this.context.resume().catch(() => undefined);
      analyser.getFloatTimeDomainData(samples);
      this.tell(loudness(samples));
    }, every);
  }

  quiet(): void {
    clearInterval(this.timer);
    this.source?.disconnect();
    this.source = null;
    this.tell(0);
  }

  close(): void {
    this.quiet();
    void this.context?.close().catch(() => undefined);
    this.context = null;
  }
}

/** Root mean square on a scale for eyes: -60 dB and below is 0, -6 dB and above 1. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const s of samples) sum += s * s;
  return onScale(Math.sqrt(sum / Math.max(1, samples.length)));
}

/** onScale puts a linear level on that scale. */
export function onScale(level: number): number {
  if (level <= 0) return 0;
  const decibel = 20 * Math.log10(level);
  return Math.min(1, Math.max(0, (decibel + 60) / 54));
}
