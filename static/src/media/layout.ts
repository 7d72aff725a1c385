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

/** One layer, whatever the codec: simulcast screens work badly in Firefox, and text wants sharpness before motion. */
export const screenEncodings: readonly RTCRtpEncodingParameters[] = [
  { maxBitrate: 2_500_000, maxFramerate: 15, scalabilityMode: 'L1T1' } as RTCRtpEncodingParameters,
];

/** Where each slot's sections stand among the transceivers; what a slot does not have is null. */
export function sectionsOf(layout: Layout): { audio: number | null; video: number | null }[] {
  let at = layout.sends.length;
  return layout.slots.map((media) => ({
    audio: media === 'video' ? null : at++,
    video: media === 'audio' ? null : at++,
  }));
}

/** What a section of video is for. A tile of the wall shows a camera of a browser. */
export type VideoUse = 'camera' | 'screen' | 'tile' | 'person' | 'stage';

interface Codec {
  mimeType: string;
  sdpFmtpLine?: string;
}

/** Codecs by their MIME type, and what the parameters of those have in common that the server takes. */
const vp8 = { mime: 'video/vp8', parameters: [''] };
const vp9 = { mime: 'video/vp9', parameters: ['', 'profile-id=0'] };
const av1 = { mime: 'video/av1', parameters: [''] };
/** Constrained baseline; other profiles need more than some phones have. */
const h264 = { mime: 'video/h264', parameters: ['42e01f', '42001f'] };

const uses = {
  camera: [vp8],
  tile: [vp8],
  screen: [vp8, vp9, av1],
  /** somebody's browser or encoder may have nothing else */
  person: [vp8, h264],
  stage: [vp8, vp9, av1, h264],
};

function takes({ mime, parameters }: typeof vp8, { mimeType, sdpFmtpLine = '' }: Codec): boolean {
  if (mimeType.toLowerCase() !== mime) return false;
  if (mime === h264.mime) {
    const line = sdpFmtpLine.toLowerCase();
    return (
      line.includes('packetization-mode=1') && parameters.some((p) => line.includes(`profile-level-id=${p}`))
    );
  }
  // A profile of AV1 or VP9 other than the first has its number.
  return parameters.includes(sdpFmtpLine) || /(^|;)profile=0(;|$)/.test(sdpFmtpLine);
}

/**
 * VP8 first: every browser sends and receives it, and sends what the answer has first. Each section has what it can be
 * needed for and no more: twenty with all codecs make an offer of 47 kB. An empty list means that the browser's own
 * order stays.
 */
export function videoCodecs<T extends Codec>(offered: readonly T[], use: VideoUse): T[] {
  const wanted = uses[use].flatMap((codec) => offered.filter((c) => takes(codec, c)));
  if (wanted[0]?.mimeType.toLowerCase() !== vp8.mime) return [];
  return [...wanted, ...offered.filter((c) => c.mimeType.toLowerCase() === 'video/rtx').slice(0, 1)];
}
