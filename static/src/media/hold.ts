import type { MediaSlot } from './slots';

/** How long a slot is held, as the server knows it of both lines: milliseconds, 0 for the browser's own choice. */
export interface HeldSlot {
  readonly slot: number;
  readonly hold_ms: number;
}

/**
 * holdSlots holds picture and voice of each slot together: by itself a browser brings a voice behind its picture by no
 * more than 80 ms a second. Safari knows no such target and plays as it likes.
 */
export function holdSlots(places: readonly MediaSlot[], told: readonly HeldSlot[]): void {
  for (const { slot, audio, video } of places) {
    const target = told.find((place) => place.slot === slot)?.hold_ms || null;
    for (const receiver of [audio, video])
      if (receiver && 'jitterBufferTarget' in receiver) receiver.jitterBufferTarget = target;
  }
}
