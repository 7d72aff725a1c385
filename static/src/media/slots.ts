import { type Layout, sectionsOf } from './layout';

/** A receive place as the browser has it; its tracks live as long as the PeerConnection. */
export interface MediaSlot {
  readonly slot: number;
  readonly audio: RTCRtpReceiver | null;
  readonly video: RTCRtpReceiver | null;
  /** for the slot's hidden <audio> */
  readonly sound: MediaStream | null;
  /** for a <video>: no audio in it, so that no picture ever speaks */
  readonly picture: MediaStream | null;
}

/**
 * slotsOf builds the slots from the transceivers themselves. ontrack would do for
 * the first answer only; it never speaks again when a slot shows somebody else.
 */
export function slotsOf(layout: Layout, transceivers: readonly RTCRtpTransceiver[]): MediaSlot[] {
  return sectionsOf(layout).map((at, slot) => {
    const receiver = (section: number | null) =>
      section === null ? null : (transceivers[section]?.receiver ?? null);
    const audio = receiver(at.audio);
    const video = receiver(at.video);
    if (!audio && !video) throw new Error(`slot ${slot} has no section`);
    return {
      slot,
      audio,
      video,
      sound: audio && new MediaStream([audio.track]),
      picture: video && new MediaStream([video.track]),
    };
  });
}

/** loudestOf is how loud the loudest of these slots is just now, 0 to 1, linear. */
export function loudestOf(slots: readonly MediaSlot[]): number {
  const levels = slots.map(({ audio }) => audio?.getSynchronizationSources()[0]?.audioLevel ?? 0);
  return Math.max(0, ...levels);
}

/**
 * lastFrameOf is when a slot's last picture was painted, in milliseconds of some clock; 0: never. It costs nothing, where statistics
 * of 32 slots would.
 */
export function lastFrameOf(slot: MediaSlot): number {
  return slot.video?.getSynchronizationSources()[0]?.timestamp ?? 0;
}
