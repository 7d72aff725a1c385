/** What a person shares: a picture, and its sound where the browser gives it. */
export interface Screen {
  picture: MediaStreamTrack;
  sound: MediaStreamTrack | null;
}

/** captureScreen asks what to share; null when the person thought better of it. */
export async function captureScreen(media: MediaDevices): Promise<Screen | null> {
  if (typeof media.getDisplayMedia !== 'function') return null;
  try {
    const stream = await media.getDisplayMedia({
      video: { frameRate: { ideal: 15, max: 30 } },
      audio: true,
    });
    const picture = stream.getVideoTracks()[0];
    if (!picture) return null;
    // Price lists and labels have to be read: sharpness goes before motion.
    picture.contentHint = 'detail';
    return { picture, sound: stream.getAudioTracks()[0] ?? null };
  } catch {
    return null;
  }
}

export function stopScreen(screen: Screen): void {
  screen.picture.onended = null;
  screen.picture.stop();
  screen.sound?.stop();
}
