import { audioCount, pairCount, sectionsOf } from './layout';

/** A receive place as the browser has it; its tracks live as long as the PeerConnection. */
export interface MediaSlot {
  readonly slot: number;
  readonly audio: RTCRtpReceiver;
  readonly video: RTCRtpReceiver | null;
  /** for the slot's hidden <audio> */
  readonly sound: MediaStream;
  /** for a <video>: no audio in it, so that no picture ever speaks */
  readonly picture: MediaStream | null;
}

/**
 * slotsOf builds the slots from the transceivers themselves. ontrack would do for
 * the first answer only; it never speaks again when a slot shows somebody else.
 */
export function slotsOf(transceivers: readonly RTCRtpTransceiver[]): MediaSlot[] {
  const slots: MediaSlot[] = [];
  for (let slot = 0; slot < pairCount + audioCount; slot++) {
    const at = sectionsOf(slot);
    const audio = transceivers[at.audio]?.receiver;
    const video = at.video === null ? null : (transceivers[at.video]?.receiver ?? null);
    if (!audio) throw new Error(`slot ${slot} has no section`);
    slots.push({
      slot,
      audio,
      video,
      sound: new MediaStream([audio.track]),
      picture: video && new MediaStream([video.track]),
    });
  }
  return slots;
}

/** loudestOf is how loud the loudest of these slots is just now, 0 to 1, linear. */
export function loudestOf(slots: readonly MediaSlot[]): number {
  const levels = slots.map(({ audio }) => audio.getSynchronizationSources()[0]?.audioLevel ?? 0);
  return Math.max(0, ...levels);
}
