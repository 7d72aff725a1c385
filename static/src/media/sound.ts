import { type ReadonlySignal, signal } from '@preact/signals';
import { type Layout, roomLayout, wallLayout } from './layout';
import type { MediaSlot } from './slots';

/**
 * SoundBank holds one hidden <audio> for each slot that sounds in a room or at the wall, made once. They exist before the
 * first sound, so that the click on Join may start them: an element made later,
 * in the background, stays mute in Safari.
 */
export class SoundBank {
  private readonly elements: ReadonlyMap<number, HTMLAudioElement>;
  private readonly blockedSignal = signal(false);
  private speaker = '';

  constructor(doc: Document, layouts: readonly Layout[] = [roomLayout, wallLayout]) {
    const box = doc.createElement('div');
    box.hidden = true;
    const elements = new Map<number, HTMLAudioElement>();
    const sounding = layouts.flatMap(({ slots }) =>
      [...slots.keys()].filter((slot) => slots[slot] !== 'video'),
    );
    for (const slot of new Set(sounding)) {
      const element = doc.createElement('audio');
      element.setAttribute('playsinline', '');
      box.append(element);
      elements.set(slot, element);
    }
    this.elements = elements;
    doc.body.append(box);
    // Any tap will do; nobody should have to look for the right one.
    const tapped = () => this.retry();
    doc.addEventListener('pointerdown', tapped, { capture: true, passive: true });
    doc.addEventListener('keydown', tapped, { capture: true, passive: true });
  }

  /** true when the browser wants a tap before it plays sound */
  get blocked(): ReadonlySignal<boolean> {
    return this.blockedSignal;
  }

  /** Takes the slots of a new PeerConnection. */
  attach(slots: readonly MediaSlot[]): void {
    for (const s of slots) {
      const element = this.elements.get(s.slot);
      if (element) element.srcObject = s.sound;
    }
  }

  /** To be called in a click, and again whenever there is new sound to play. */
  play(): void {
    for (const element of this.elements.values()) {
      if (!element.srcObject) continue;
      element.play().then(
        () => {
          this.blockedSignal.value = false;
        },
        (error: DOMException) => {
          if (error.name === 'NotAllowedError') this.blockedSignal.value = true;
        },
      );
    }
  }

  /**
   * Whether these slots are heard as far as the page can know. An element that was stopped from outside (a phone call
   * on an iPhone does it) is not what a browser calls blocked: it is played again here, and told until it plays.
   */
  playback(slots: readonly number[]): 'ok' | 'blocked' | 'stopped' {
    if (this.blockedSignal.value) return 'blocked';
    const stopped = slots.some((slot) => {
      const element = this.elements.get(slot);
      return element?.srcObject && (element.paused || element.muted || element.volume === 0);
    });
    if (stopped) this.play();
    return stopped ? 'stopped' : 'ok';
  }

  /** The browser may have changed its mind: after a tap, or since the camera runs. */
  retry(): void {
    if (this.blockedSignal.value) this.play();
  }

  silence(): void {
    for (const element of this.elements.values()) element.pause();
    this.blockedSignal.value = false;
  }

  /** Where there is no setSinkId (iPhones) the system chooses. */
  async useSpeaker(deviceId: string): Promise<void> {
    if (deviceId === this.speaker) return;
    this.speaker = deviceId;
    await Promise.all(
      [...this.elements.values()].map((element) =>
        'setSinkId' in element ? element.setSinkId(deviceId).catch(() => undefined) : undefined,
      ),
    );
  }
}
