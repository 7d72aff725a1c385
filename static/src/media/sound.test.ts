import { expect, test, vi } from 'vitest';
import type { Layout } from './layout';
import type { MediaSlot } from './slots';
import { SoundBank } from './sound';

class FakeAudio {
  srcObject: unknown = null;
  paused = true;
  muted = false;
  volume = 1;
  refuses = false;
  setAttribute(): void {}
  async play(): Promise<void> {
    if (this.refuses) throw Object.assign(new Error(), { name: 'NotAllowedError' });
    this.paused = false;
  }
  pause(): void {
    this.paused = true;
  }
}

function bank() {
  const elements: FakeAudio[] = [];
  const doc = {
    createElement: (name: string) => {
      if (name !== 'audio') return { append: () => undefined };
      const element = new FakeAudio();
      elements.push(element);
      return element;
    },
    body: { append: () => undefined },
    addEventListener: () => undefined,
  } as unknown as Document;
  const layout = { slots: ['pair', 'pair'] } as unknown as Layout;
  const sound = new SoundBank(doc, [layout]);
  sound.attach([0, 1].map((slot) => ({ slot, sound: {} }) as unknown as MediaSlot));
  return { sound, elements };
}

const settled = () => vi.waitFor(() => undefined);

test('what plays is well, and of slots without anybody nothing is asked', async () => {
  const { sound, elements } = bank();
  sound.play();
  await settled();
  expect(sound.playback([0, 1])).toBe('ok');
  elements[1]?.pause();
  expect(sound.playback([0])).toBe('ok');
});

test('an element that was stopped from outside is told, and played again', async () => {
  const { sound, elements } = bank();
  sound.play();
  await settled();
  elements[0]?.pause();
  expect(sound.playback([0, 1])).toBe('stopped');
  await settled();
  expect(sound.playback([0, 1])).toBe('ok');
  Object.assign(elements[0] ?? {}, { muted: true });
  expect(sound.playback([0, 1])).toBe('stopped');
});

test('a browser that wants a tap is blocked, until it plays', async () => {
  const { sound, elements } = bank();
  for (const element of elements) element.refuses = true;
  sound.play();
  await vi.waitFor(() => expect(sound.playback([0, 1])).toBe('blocked'));
  for (const element of elements) element.refuses = false;
  sound.retry();
  await vi.waitFor(() => expect(sound.playback([0, 1])).toBe('ok'));
});
