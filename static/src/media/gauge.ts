import type { NetworkRoute } from '../protocol/types';
import type { Stat } from './diagnose';

/** What a browser has counted of its line up to one moment. */
export interface Gauge {
  /** milliseconds of the browser's statistics */
  at: number;
  /** what carries media; empty while nothing does */
  route: NetworkRoute;
  /** by a relay that is reached by TLS */
  overTLS: boolean;
  /** milliseconds; null where the browser does not tell, here and below */
  roundTrip: number | null;
  jitter: number | null;
  /** bits a second that it would dare to send */
  estimate: number | null;
  /** bytes of the whole line */
  sent: number;
  received: number;
  /** bytes of the camera's layers, by name */
  layers: ReadonlyMap<string, number>;
  packetsSent: number;
  /** of these, as the server reported */
  lostUp: number;
  packetsReceived: number;
  lostDown: number;
}

/** gaugeOf reads it out of the statistics of one PeerConnection. */
export function gaugeOf(stats: readonly Stat[]): Gauge {
  const pair = stats.find((stat) => stat.type === 'candidate-pair' && inUse(stat));
  const local = stats.find(({ id }) => id === pair?.localCandidateId);
  const layers = new Map<string, number>();
  const counts = { packetsSent: 0, lostUp: 0, packetsReceived: 0, lostDown: 0 };
  let jitter: number | null = null;
  let reported: number | null = null;
  for (const stat of stats) {
    switch (stat.type) {
      case 'outbound-rtp':
        counts.packetsSent += stat.packetsSent ?? 0;
        if (stat.kind === 'video' && stat.bytesSent) layers.set(stat.rid ?? '', stat.bytesSent);
        break;
      case 'remote-inbound-rtp':
        counts.lostUp += Math.max(0, stat.packetsLost ?? 0);
        if (stat.roundTripTime)
          reported = Math.min(reported ?? Number.POSITIVE_INFINITY, 1000 * stat.roundTripTime);
        break;
      case 'inbound-rtp':
        counts.packetsReceived += stat.packetsReceived ?? 0;
        // Duplicates make it negative.
        counts.lostDown += Math.max(0, stat.packetsLost ?? 0);
        // Pictures are sent in bursts; the voice comes evenly, and tells of the line alone.
        if (stat.kind === 'audio' && stat.packetsReceived && stat.jitter !== undefined)
          jitter = Math.max(jitter ?? 0, 1000 * stat.jitter);
        break;
    }
  }
  return {
    at: pair?.timestamp ?? 0,
    route: routeOf(local),
    overTLS: local?.candidateType === 'relay' && local.relayProtocol === 'tls',
    // Firefox ESR measures it by RTCP alone (RFC 3550, 6.4.1).
    roundTrip: pair?.currentRoundTripTime === undefined ? reported : 1000 * pair.currentRoundTripTime,
    jitter,
    estimate: pair?.availableOutgoingBitrate ?? null,
    sent: pair?.bytesSent ?? 0,
    received: pair?.bytesReceived ?? 0,
    layers,
    ...counts,
  };
}

/** Firefox marks the pair in use as selected, the others have nominated only that one. */
const inUse = (pair: Stat): boolean =>
  pair.state === 'succeeded' && (pair.selected ?? pair.nominated ?? false);

function routeOf(local: Stat | undefined): NetworkRoute {
  if (local?.candidateType === 'relay') return 'relay';
  return local?.protocol === 'udp' || local?.protocol === 'tcp' ? local.protocol : '';
}

/** A rate in bits a second, and whether the line may well carry more. */
export interface Rate {
  bits: number;
  atLeast: boolean;
}

/** What a line did between two readings; null is what they do not tell. */
export interface Measured {
  route: NetworkRoute;
  overTLS: boolean;
  /** milliseconds */
  roundTrip: number | null;
  jitter: number | null;
  /** 0 to 1 */
  lossUp: number | null;
  lossDown: number | null;
  up: Rate | null;
  down: Rate | null;
}

/** Under this a line is narrow; what somebody happened to send below it proves nothing. */
export const narrow = 300_000;
const fewPackets = 50;

/** measured compares the readings of some seconds, oldest first, while the own picture came back from the server. */
export function measured(readings: readonly Gauge[]): Measured {
  const last = readings.at(-1);
  // A new PeerConnection counts from zero, so only what came after it can be compared.
  const from = last && readings.findIndex((one) => one.sent <= last.sent && one.received <= last.received);
  const first = readings[from ?? 0];
  if (!last || !first) {
    return {
      route: '',
      overTLS: false,
      roundTrip: null,
      jitter: null,
      lossUp: null,
      lossDown: null,
      up: null,
      down: null,
    };
  }
  const span = (last.at - first.at) / 1000;
  const rate = (bytes: number): number => (span > 0 ? (8 * Math.max(0, bytes)) / span : 0);
  const layer = Math.max(
    0,
    ...[...last.layers].map(([rid, bytes]) => rate(bytes - (first.layers.get(rid) ?? 0))),
  );
  return {
    route: last.route,
    overTLS: last.overTLS,
    roundTrip: middle(readings.map(({ roundTrip }) => roundTrip)),
    jitter: middle(readings.map(({ jitter }) => jitter)),
    lossUp: share(last.lostUp - first.lostUp, last.packetsSent - first.packetsSent),
    lossDown: lossOf(last.lostDown - first.lostDown, last.packetsReceived - first.packetsReceived),
    up: upOf(last.estimate, rate(last.sent - first.sent), layer),
    down: downOf(rate(last.received - first.received), layer),
  };
}

/** A browser that sends no picture has not tried what the line carries, and its estimate stands where it began. */
function upOf(estimate: number | null, sent: number, layer: number): Rate | null {
  if (layer === 0) return null;
  if (estimate !== null) return { bits: estimate, atLeast: false };
  return sent >= narrow ? { bits: sent, atLeast: true } : null;
}

/** The loop brings back one layer: what came is a lower bound, unless it is far less than what went. */
function downOf(received: number, layer: number): Rate | null {
  if (received >= narrow) return { bits: received, atLeast: true };
  return layer > 0 && received < layer / 2 ? { bits: received, atLeast: false } : null;
}

/** of what was sent */
function share(lost: number, all: number): number | null {
  return all < fewPackets ? null : Math.min(1, Math.max(0, lost) / all);
}

/** of what should have come */
function lossOf(lost: number, came: number): number | null {
  const gone = Math.max(0, lost);
  return share(gone, came + gone);
}

function middle(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return known[Math.floor(known.length / 2)] ?? null;
}
