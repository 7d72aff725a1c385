/** One note of a melody: hertz, and seconds from the beginning. */
interface Tone {
  hertz: number;
  at: number;
}

/** Three rising tones: somebody who hears the last knows that the others were it, too. */
const melody: readonly Tone[] = [
  { hertz: 523.25, at: 0 },
  { hertz: 659.25, at: 0.35 },
  { hertz: 783.99, at: 0.7 },
];
/** Two tones of a door bell, four times. */
const bell: readonly Tone[] = [0, 3, 6, 9].flatMap((at) => [
  { hertz: 880, at },
  { hertz: 659.25, at: at + 0.6 },
]);
const length = 0.9;

type Sinkable = AudioContext & { setSinkId?: (id: string) => Promise<void> };

/** Tones are sounds that the page makes itself. No file has to be there when they are needed. */
export class Tones {
  private context: Sinkable | null = null;

  /** For the loudspeaker's test; resolves at its end. */
  test(speaker: string, signal: AbortSignal): Promise<void> {
    return this.play(melody, speaker, signal);
  }

  /** The ring of a booth; resolves at its end. */
  ring(speaker: string, signal: AbortSignal): Promise<void> {
    return this.play(bell, speaker, signal);
  }

  close(): void {
    void this.context?.close().catch(() => undefined);
    this.context = null;
  }

  private async play(tones: readonly Tone[], speaker: string, signal: AbortSignal): Promise<void> {
    if (typeof AudioContext !== 'function') return;
    this.context ??= new AudioContext();
    const { context } = this;
    await context.setSinkId?.(speaker).catch(() => undefined);
    // Without a gesture the promise may wait for one; the ring must not wait with it.
    if (context.state === 'suspended') {
      await Promise.race([context.resume().catch(() => undefined), pause(500, signal)]);
    }
    if (signal.aborted) return;
    const gain = context.createGain();
    gain.connect(context.destination);
    const begin = context.currentTime + 0.05;
    for (const { hertz, at } of tones) sound(context, gain, hertz, begin + at);
    await pause(((tones.at(-1)?.at ?? 0) + length) * 1000, signal);
    gain.disconnect();
  }
}

/** A struck bell: loud at once, gone within a second. */
function sound(context: AudioContext, to: AudioNode, hertz: number, at: number): void {
  const oscillator = context.createOscillator();
  const envelope = context.createGain();
  oscillator.frequency.value = hertz;
  envelope.gain.setValueAtTime(0.0001, at);
  envelope.gain.exponentialRampToValueAtTime(0.35, at + 0.02);
  envelope.gain.exponentialRampToValueAtTime(0.0001, at + length);
  oscillator.connect(envelope).connect(to);
  oscillator.start(at);
  oscillator.stop(at + length);
}

/** Waits so long, or until the abort. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
