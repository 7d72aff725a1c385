import type { MediaSlot } from './slots';

/** What a receive slot has brought so far. */
export interface SlotCount {
  slot: number;
  /** RTP packets, audio and video together */
  packets: number;
  /** of these, audio */
  audioPackets: number;
  frames: number;
  /** for how long all frames waited in the jitter buffer, in milliseconds */
  waited?: number;
}

async function inbound(
  receiver: RTCRtpReceiver | null,
): Promise<{ packets: number; frames: number; waited: number }> {
  const sum = { packets: 0, frames: 0, waited: 0 };
  if (!receiver) return sum;
  for (const report of (await receiver.getStats()).values()) {
    if (report.type !== 'inbound-rtp') continue;
    sum.packets += report.packetsReceived ?? 0;
    sum.frames += report.framesDecoded ?? 0;
    sum.waited += 1000 * (report.jitterBufferDelay ?? 0);
  }
  return sum;
}

export async function countSlot(slot: MediaSlot): Promise<SlotCount> {
  const [audio, video] = await Promise.all([inbound(slot.audio), inbound(slot.video)]);
  return {
    slot: slot.slot,
    packets: audio.packets + video.packets,
    audioPackets: audio.packets,
    frames: video.frames,
    waited: video.waited,
  };
}

/**
 * Watchdog finds the path that says "connected" and carries nothing: somebody
 * should be heard or seen, and of all who should, nobody is. One silent person
 * alone is that person's trouble, not the path's.
 */
export class Watchdog {
  private readonly patience: number;
  private last = new Map<number, number>();
  private quietSince: number | null = null;

  constructor(patience = 6000) {
    this.patience = patience;
  }

  /** Takes a reading of the slots that should flow; true when it is time to act. */
  read(now: number, counts: readonly SlotCount[]): boolean {
    // A slot that was not expected before has no reading to compare with: it counts as moving.
    const moved = counts.some((c) => this.last.get(c.slot) !== c.packets);
    this.last = new Map(counts.map((c) => [c.slot, c.packets]));
    if (!counts.length || moved) {
      this.quietSince = null;
      return false;
    }
    this.quietSince ??= now;
    if (now - this.quietSince < this.patience) return false;
    this.quietSince = null;
    return true;
  }
}
