const types = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/webm', 'audio/ogg;codecs=opus'];

export function canRecord(): boolean {
  return typeof MediaRecorder === 'function';
}

/** record listens to a track for so long. An abort ends it early and gives null. */
export function record(track: MediaStreamTrack, ms: number, signal: AbortSignal): Promise<Blob | null> {
  return new Promise((resolve, reject) => {
    const mimeType = types.find((type) => MediaRecorder.isTypeSupported(type));
    const recorder = new MediaRecorder(new MediaStream([track]), mimeType ? { mimeType } : {});
    const parts: Blob[] = [];
    const stop = () => {
      clearTimeout(timer);
      if (recorder.state !== 'inactive') recorder.stop();
    };
    const timer = setTimeout(stop, ms);
    signal.addEventListener('abort', stop, { once: true });
    recorder.ondataavailable = ({ data }) => {
      if (data.size) parts.push(data);
    };
    recorder.onerror = () => {
      stop();
      reject(new Error('the recorder failed'));
    };
    recorder.onstop = () => {
      signal.removeEventListener('abort', stop);
      resolve(signal.aborted ? null : new Blob(parts, { type: recorder.mimeType }));
    };
    recorder.start();
  });
}

/** play gives a recording to the loudspeaker; false when the browser would not. It resolves at the end. */
export async function play(blob: Blob, speaker: string, signal: AbortSignal): Promise<boolean> {
  const url = URL.createObjectURL(blob);
  const element = new Audio(url);
  try {
    if (speaker && 'setSinkId' in element) await element.setSinkId(speaker).catch(() => undefined);
    const over = new Promise<void>((resolve) => {
      element.onended = () => resolve();
      element.onerror = () => resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await element.play();
    await over;
    return element.error === null;
  } catch {
    return false;
  } finally {
    element.pause();
    URL.revokeObjectURL(url);
  }
}
