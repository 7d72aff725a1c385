/** How the media path does, as the browser counts it since the PeerConnection was made. */
export interface PathCount {
  /** of the path in use, in milliseconds; null while it is not known */
  roundTrip: number | null;
  received: number;
  lost: number;
}

type Stat = RTCStats & Partial<RTCIceCandidatePairStats & RTCReceivedRtpStreamStats & { selected: boolean }>;

export function countPath(report: Iterable<Stat>): PathCount {
  const count: PathCount = { roundTrip: null, received: 0, lost: 0 };
  for (const stat of report) {
    if (stat.type === 'inbound-rtp') {
      count.received += stat.packetsReceived ?? 0;
      // Duplicates make it negative.
      count.lost += Math.max(0, stat.packetsLost ?? 0);
    } else if (stat.type === 'candidate-pair' && isInUse(stat) && stat.currentRoundTripTime !== undefined)
      count.roundTrip = stat.currentRoundTripTime * 1000;
  }
  return count;
}

/** Firefox marks the pair in use as selected, the others have nominated only that one. */
function isInUse(pair: Stat): boolean {
  return pair.state === 'succeeded' && (pair.selected ?? pair.nominated ?? false);
}

/** lossBetween is the share that was lost between two counts. A new PeerConnection counts from zero. */
export function lossBetween(before: PathCount | null, now: PathCount): number {
  const from = before && before.received <= now.received ? before : { received: 0, lost: 0 };
  const lost = Math.max(0, now.lost - from.lost);
  const all = lost + now.received - from.received;
  return all > 0 ? lost / all : 0;
}
