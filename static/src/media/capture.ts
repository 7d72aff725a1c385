import type { DeviceProblem } from './device';

export type DeviceKind = 'microphone' | 'camera';

/** Why a device did not start, told apart by what the person can do about it. */
export function problemOf(error: unknown): DeviceProblem {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
    case 'PermissionDeniedError':
      return 'denied';
    case 'NotFoundError':
    case 'DevicesNotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return 'busy';
    default:
      return 'failed';
  }
}

/** Wishes, never demands: a camera that has no 720p is still a camera. */
export function constraintsFor(kind: DeviceKind, deviceId: string | null): MediaTrackConstraints {
  const chosen: MediaTrackConstraints = deviceId ? { deviceId: { exact: deviceId } } : {};
  if (kind === 'microphone') {
    return {
      ...chosen,
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      channelCount: { ideal: 1 },
    };
  }
  return {
    ...chosen,
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 30, max: 30 },
    ...(deviceId ? {} : { facingMode: { ideal: 'user' } }),
  };
}

export type Captured = { track: MediaStreamTrack } | { problem: DeviceProblem };

/** captureOne opens one device. A chosen one that is gone falls back to any. */
export async function captureOne(
  media: MediaDevices,
  kind: DeviceKind,
  deviceId: string | null,
): Promise<Captured> {
  const wish = constraintsFor(kind, deviceId);
  try {
    const stream = await media.getUserMedia(kind === 'microphone' ? { audio: wish } : { video: wish });
    const track = stream.getTracks()[0];
    return track ? { track } : { problem: 'missing' };
  } catch (error) {
    const problem = problemOf(error);
    if (deviceId && problem === 'missing') return captureOne(media, kind, null);
    return { problem };
  }
}

export interface CapturedBoth {
  microphone: Captured;
  camera: Captured;
}

/**
 * captureBoth asks for both in one question to the person. When that fails, each
 * is asked for by itself: a missing camera must not cost the microphone.
 */
export async function captureBoth(
  media: MediaDevices,
  microphone: string | null,
  camera: string | null,
): Promise<CapturedBoth> {
  try {
    const stream = await media.getUserMedia({
      audio: constraintsFor('microphone', microphone),
      video: constraintsFor('camera', camera),
    });
    const audio = stream.getAudioTracks()[0];
    const video = stream.getVideoTracks()[0];
    return {
      microphone: audio ? { track: audio } : { problem: 'missing' },
      camera: video ? { track: video } : { problem: 'missing' },
    };
  } catch {
    return {
      microphone: await captureOne(media, 'microphone', microphone),
      camera: await captureOne(media, 'camera', camera),
    };
  }
}
