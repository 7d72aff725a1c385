import type { SourceName } from '../protocol/types';

/** Sections of a room's offer that send, in order; the server counts on it. */
export const sendOrder: readonly SourceName[] = ['microphone', 'camera', 'screen', 'screen_audio'];

/** Receive pairs: seven other people and the stage. */
export const pairCount = 8;
/** Receive audios alone: interpretation, coordinator. */
export const audioCount = 2;

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

/** Where a slot's sections stand among the transceivers; audio-only slots have no video. */
export function sectionsOf(slot: number): { audio: number; video: number | null } {
  const first = sendOrder.length;
  if (slot < pairCount) return { audio: first + 2 * slot, video: first + 2 * slot + 1 };
  return { audio: first + 2 * pairCount + (slot - pairCount), video: null };
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
