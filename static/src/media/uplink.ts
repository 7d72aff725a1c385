import type { Stat } from './diagnose';

/** What a browser thinks of the way up, for one PeerConnection. */
export interface Uplink {
  /** bits a second that it would dare to send; null where it does not tell */
  estimate: number | null;
  /** bandwidth alone keeps its smallest picture under what can be called motion */
  starved: boolean;
}

const motion = 5;

/** uplinkOf reads it out of the statistics; a camera that sends no frames at all counts as starved. */
export function uplinkOf(stats: readonly Stat[]): Uplink {
  let estimate: number | null = null;
  const layers: Stat[] = [];
  for (const stat of stats) {
    if (stat.type === 'candidate-pair' && stat.nominated && stat.availableOutgoingBitrate !== undefined)
      estimate = Math.max(estimate ?? 0, stat.availableOutgoingBitrate);
    if (stat.type === 'outbound-rtp' && stat.kind === 'video' && (stat.rid ?? '') !== '') layers.push(stat);
  }
  const lowest = layers.find(({ rid }) => rid === 'q');
  const starved =
    lowest !== undefined &&
    lowest.qualityLimitationReason === 'bandwidth' &&
    layers.every(({ framesPerSecond }) => (framesPerSecond ?? 0) < motion);
  return { estimate, starved };
}
