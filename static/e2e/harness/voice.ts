import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const rate = 48_000;
const seconds = 4;

/** What a microphone may hear: four syllables a second of a voice with its harmonics, or a quiet room. */
function samplesOf(what: 'speech' | 'quiet'): Int16Array {
  const samples = new Int16Array(rate * seconds);
  if (what === 'quiet') return samples;
  let noise = 1;
  for (let i = 0; i < samples.length; i++) {
    const t = i / rate;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 4 * t)) ** 0.5;
    const pitch = 140 + 30 * Math.sin(2 * Math.PI * 0.7 * t);
    let sum = 0;
    for (let harmonic = 1; harmonic <= 12; harmonic++)
      sum += Math.sin(2 * Math.PI * pitch * harmonic * t + harmonic) / harmonic;
    // The same every time, so that a test that fails does so again.
    noise = (noise * 1_103_515_245 + 12_345) % 2 ** 31;
    samples[i] = 9000 * syllable * (0.8 * sum + 0.2 * ((2 * noise) / 2 ** 31 - 1));
  }
  return samples;
}

/** Voices are WAV files for browsers' microphones. */
export class Voices {
  private readonly folder = mkdtempSync(join(tmpdir(), 'sangdam-e2e-voice-'));

  file(what: 'speech' | 'quiet'): string {
    const samples = Buffer.from(samplesOf(what).buffer);
    const head = Buffer.alloc(44);
    head.write('RIFF', 0);
    head.writeUInt32LE(36 + samples.length, 4);
    head.write('WAVEfmt ', 8);
    head.writeUInt32LE(16, 16);
    head.writeUInt16LE(1, 20);
    head.writeUInt16LE(1, 22);
    head.writeUInt32LE(rate, 24);
    head.writeUInt32LE(2 * rate, 28);
    head.writeUInt16LE(2, 32);
    head.writeUInt16LE(16, 34);
    head.write('data', 36);
    head.writeUInt32LE(samples.length, 40);
    const path = join(this.folder, `${what}.wav`);
    writeFileSync(path, Buffer.concat([head, samples]));
    return path;
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }
}
