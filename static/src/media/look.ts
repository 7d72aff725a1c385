import type { CameraHealth } from '../protocol/types';

const width = 32;
const height = 18;

/**
 * CameraLook looks at the own picture from time to time, very small. A camera
 * with its lid on delivers pictures just as well, only black ones; one that hangs
 * delivers the same for ever.
 */
export class CameraLook {
  private readonly video: HTMLVideoElement;
  private readonly canvas: HTMLCanvasElement;
  private before: Uint8ClampedArray | null = null;

  constructor(doc: Document) {
    this.video = doc.createElement('video');
    this.video.muted = true;
    this.video.playsInline = true;
    this.canvas = doc.createElement('canvas');
    this.canvas.width = width;
    this.canvas.height = height;
  }

  /** null: the camera is off. */
  show(stream: MediaStream | null): void {
    if (this.video.srcObject === stream) return;
    this.video.srcObject = stream;
    this.before = null;
    if (stream) void this.video.play().catch(() => undefined);
  }

  read(): CameraHealth {
    if (!this.video.srcObject) return 'off';
    const context = this.canvas.getContext('2d', { willReadFrequently: true });
    // Nothing has been decoded yet: there is nothing to complain about.
    if (!context || this.video.readyState < 2) return 'ok';
    context.drawImage(this.video, 0, 0, width, height);
    const now = context.getImageData(0, 0, width, height).data;
    const found = judge(this.before, now);
    this.before = now;
    return found;
  }
}

const darkest = 12;

/** judge compares two pictures of one camera, ten seconds apart; a sensor's noise makes any two differ. */
export function judge(before: Uint8ClampedArray | null, now: Uint8ClampedArray): CameraHealth {
  let sum = 0;
  for (let i = 0; i < now.length; i += 4) {
    sum += 0.3 * (now[i] ?? 0) + 0.59 * (now[i + 1] ?? 0) + 0.11 * (now[i + 2] ?? 0);
  }
  if (sum / (now.length / 4) < darkest) return 'dark';
  return before?.every((value, i) => value === now[i]) ? 'frozen' : 'ok';
}
