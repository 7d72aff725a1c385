import type { SourceName } from '../protocol/types';

/** What a receive place brings; audio stands before video. */
export type SlotMedia = 'pair' | 'audio' | 'video';

/** The sections of a profile's one offer, in order; the server counts on it. */
export interface Layout {
  readonly sends: readonly SourceName[];
  readonly slots: readonly SlotMedia[];
}

const times = (count: number, media: SlotMedia): SlotMedia[] => Array.from({ length: count }, () => media);

/** Seven other people and the stage; then interpretation and coordinator. */
export const roomLayout: Layout = {
  sends: ['microphone', 'camera', 'screen', 'screen_audio'],
  slots: [...times(8, 'pair'), ...times(2, 'audio')],
};

/** Pictures of many rooms, and the two loudest of the one that is listened to. The microphone has no track until it speaks. */
export const wallLayout: Layout = {
  sends: ['microphone'],
  slots: [...times(32, 'video'), ...times(2, 'audio')],
};

/** Three layers of the camera, low first: Chromium drops from the end when bandwidth or CPU is short. */
export const cameraEncodings: readonly RTCRtpEncodingParameters[] = [
  { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150_000, maxFramerate: 15 },
  { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 450_000, maxFramerate: 25 },
  { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 1_500_000, maxFramerate: 30 },
];

/** One layer: simulcast screens work badly in Firefox, and text wants sharpness before motion. */
export const screenEncodings: readonly RTCRtpEncodingParameters[] = [
  { maxBitrate: 2_500_000, maxFramerate: 15 },
];

/** Where each slot's sections stand among the transceivers; what a slot does not have is null. */
export function sectionsOf(layout: Layout): { audio: number | null; video: number | null }[] {
  let at = layout.sends.length;
  return layout.slots.map((media) => ({
    audio: media === 'video' ? null : at++,
    video: media === 'audio' ? null : at++,
  }));
}

/**
 * VP8 with its repair first and alone: every browser sends and receives it, and
 * twenty sections with all codecs make an offer of 47 kB. An empty list means
 * that the browser's own order stays.
 */
export function videoCodecs<T extends { mimeType: string }>(offered: readonly T[]): T[] {
  const of = (name: string) => offered.filter((c) => c.mimeType.toLowerCase() === name);
  const vp8 = of('video/vp8');
  return vp8.length ? [...vp8, ...of('video/rtx').slice(0, 1)] : [];
}
