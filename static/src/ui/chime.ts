/** Two soft tones. Made when somebody switches sound on, since browsers let only a touch begin it. */
export interface Chime {
  ring(): void;
  stop(): void;
}

export function createChime(): Chime {
  const context = new AudioContext();
  const tone = (pitch: number, from: number) => {
    const source = context.createOscillator();
    const volume = context.createGain();
    source.frequency.value = pitch;
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(0.2, from + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, from + 0.6);
    source.connect(volume).connect(context.destination);
    source.start(from);
    source.stop(from + 0.7);
  };
  return {
    ring() {
      tone(660, context.currentTime);
      tone(880, context.currentTime + 0.25);
    },
    stop() {
      void context.close();
    },
  };
}
