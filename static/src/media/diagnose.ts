import type { Diagnostics } from '../protocol/types';

/** What of a statistics report is used; browsers leave out what they do not know. */
export interface Stat {
  id: string;
  type: string;
  timestamp: number;
  kind?: string;
  rid?: string;
  mid?: string;
  trackIdentifier?: string;
  bytesSent?: number;
  bytesReceived?: number;
  packetsSent?: number;
  packetsReceived?: number;
  packetsLost?: number;
  framesPerSecond?: number;
  frameWidth?: number;
  frameHeight?: number;
  framesDecoded?: number;
  freezeCount?: number;
  totalFreezesDuration?: number;
  concealedSamples?: number;
  silentConcealedSamples?: number;
  totalSamplesReceived?: number;
  totalSamplesDuration?: number;
  totalAudioEnergy?: number;
  jitter?: number;
  nackCount?: number;
  retransmittedPacketsReceived?: number;
  pliCount?: number;
  qualityLimitationReason?: string;
  encoderImplementation?: string;
  decoderImplementation?: string;
  active?: boolean;
  state?: string;
  nominated?: boolean;
  selected?: boolean;
  currentRoundTripTime?: number;
  roundTripTime?: number;
  availableOutgoingBitrate?: number;
  localCandidateId?: string;
  remoteCandidateId?: string;
  candidateType?: string;
  protocol?: string;
  relayProtocol?: string;
}

/** What a browser says of itself besides. */
export interface Surroundings {
  userAgent: string;
  platform: string;
  screen: string;
  battery: string;
  network: string;
}

const maxLines = 200;
const maxLength = 200;

/**
 * diagnosticsOf reads two reports of one PeerConnection, some time apart. Nothing personal is in it: no addresses, no
 * device names, of a candidate only its type and protocol. It is bounded, whatever the browser tells.
 */
export function diagnosticsOf(
  before: readonly Stat[],
  now: readonly Stat[],
  around: Surroundings,
): Diagnostics {
  const earlier = new Map(before.map((stat) => [stat.id, stat]));
  const byId = new Map(now.map((stat) => [stat.id, stat]));
  const streams = now.filter(({ type }) => type === 'outbound-rtp' || type === 'inbound-rtp');
  const lines = streams.flatMap((stat) => lineOf(stat, earlier.get(stat.id)) ?? []);
  const pair = now.find((stat) => stat.type === 'candidate-pair' && inUse(stat));
  const sent = largest(
    streams.filter(({ type, kind }) => type === 'outbound-rtp' && kind === 'video'),
    earlier,
  );
  const got = largest(
    streams.filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'video'),
    earlier,
  );
  if (pair?.availableOutgoingBitrate) lines.unshift(`may send ${kilobits(pair.availableOutgoingBitrate)}`);
  const diagnostics: Diagnostics = {
    // Versions look like addresses; a browser's name has none.
    browser: around.userAgent.slice(0, maxLength),
    system: short(around.platform),
    screen: short(around.screen),
    route: short(routeOf(pair, byId)),
    rtt_ms: Math.round(1000 * (pair?.currentRoundTripTime ?? 0)),
    sending: short(sent ? pictureOf(sent, earlier.get(sent.id)) : 'no picture'),
    receiving: short(got ? pictureOf(got, earlier.get(got.id)) : 'no picture'),
    limited: limitOf(now),
    lines: lines.slice(0, maxLines).map(short),
  };
  if (around.battery) diagnostics.battery = short(around.battery);
  if (around.network) diagnostics.network = short(around.network);
  return diagnostics;
}

/** The worst reason that any layer of the camera is held back by. */
export function limitOf(stats: readonly Stat[]): 'none' | 'cpu' | 'bandwidth' | 'other' {
  const reasons = new Set(
    stats.flatMap((s) =>
      s.type === 'outbound-rtp' && s.active !== false ? (s.qualityLimitationReason ?? []) : [],
    ),
  );
  for (const reason of ['cpu', 'bandwidth', 'other'] as const) if (reasons.has(reason)) return reason;
  return 'none';
}

/** Firefox marks the pair in use as selected, the others have nominated only that one. */
const inUse = (pair: Stat): boolean =>
  pair.state === 'succeeded' && (pair.selected ?? pair.nominated ?? false);

function routeOf(pair: Stat | undefined, byId: ReadonlyMap<string, Stat>): string {
  const local = pair?.localCandidateId ? byId.get(pair.localCandidateId) : undefined;
  const remote = pair?.remoteCandidateId ? byId.get(pair.remoteCandidateId) : undefined;
  if (!local) return 'unknown';
  const relayed =
    local.candidateType === 'relay' && local.relayProtocol ? ` over ${local.relayProtocol}` : '';
  return `${local.protocol ?? '?'} ${local.candidateType ?? '?'}${relayed} to ${remote?.candidateType ?? '?'}`;
}

function largest(streams: readonly Stat[], earlier: ReadonlyMap<string, Stat>): Stat | undefined {
  const flowing = streams.filter((s) => bitrate(s, earlier.get(s.id)) > 0);
  return flowing.toSorted((a, b) => (b.frameWidth ?? 0) - (a.frameWidth ?? 0))[0];
}

const bytesOf = (stat: Stat): number => stat.bytesSent ?? stat.bytesReceived ?? 0;

/** bits a second between two readings; the whole life's where there was none before */
function bitrate(stat: Stat, before: Stat | undefined): number {
  if (!before || stat.timestamp <= before.timestamp) return 0;
  return Math.max(0, (8000 * (bytesOf(stat) - bytesOf(before))) / (stat.timestamp - before.timestamp));
}

const kilobits = (bits: number): string => `${Math.round(bits / 1000)} kbit/s`;

function pictureOf(stat: Stat, before: Stat | undefined): string {
  const size = stat.frameWidth ? `${stat.frameWidth}×${stat.frameHeight ?? 0} ` : '';
  const rate = stat.framesPerSecond === undefined ? '' : `${Math.round(stat.framesPerSecond)}/s `;
  return `${size}${rate}${kilobits(bitrate(stat, before))}`;
}

/** One line a stream; one that never carried anything says nothing. */
function lineOf(stat: Stat, before: Stat | undefined): string | null {
  const packets = stat.packetsSent ?? stat.packetsReceived ?? 0;
  if (packets === 0) return null;
  const way = stat.type === 'outbound-rtp' ? 'out' : 'in';
  const parts = [
    way,
    stat.kind ?? '?',
    stat.rid ?? (stat.mid ? `#${stat.mid}` : ''),
    pictureOf(stat, before),
  ];
  const counts: [string, number | undefined][] = [
    ['packets', packets],
    ['lost', stat.packetsLost],
    ['jitter ms', stat.jitter === undefined ? undefined : Math.round(1000 * stat.jitter)],
    ['freezes', stat.freezeCount],
    ['concealed', stat.concealedSamples],
    ['nack', stat.nackCount],
    ['pli', stat.pliCount],
  ];
  for (const [name, count] of counts) if (count) parts.push(`${name} ${count}`);
  if (stat.qualityLimitationReason && stat.qualityLimitationReason !== 'none')
    parts.push(`limited by ${stat.qualityLimitationReason}`);
  if (stat.encoderImplementation) parts.push(`encoder ${stat.encoderImplementation}`);
  if (stat.decoderImplementation) parts.push(`decoder ${stat.decoderImplementation}`);
  return parts.filter(Boolean).join(' ');
}

/** An address has no business here, wherever a browser may have put one. */
const addresses = /\b\d{1,3}(?:\.\d{1,3}){3}\b|\b(?:[0-9a-f]{1,4}:){3,}[0-9a-f:]*|\b[0-9a-f-]{36}\.local\b/gi;

function short(text: string): string {
  return text.replace(addresses, '-').slice(0, maxLength);
}

interface Described extends Navigator {
  getBattery?: () => Promise<{ level: number; charging: boolean }>;
  connection?: { effectiveType?: string; type?: string; downlink?: number; saveData?: boolean };
  userAgentData?: { platform?: string };
}

/** surroundingsOf asks the browser what it tells every page. */
export async function surroundingsOf(win: Window): Promise<Surroundings> {
  const nav: Described = win.navigator;
  const battery = await nav.getBattery?.().catch(() => null);
  const { connection } = nav;
  const network = connection
    ? [connection.type, connection.effectiveType, connection.downlink && `${connection.downlink} Mbit/s`]
    : [];
  return {
    userAgent: nav.userAgent,
    platform: nav.userAgentData?.platform ?? nav.platform ?? '',
    screen: `${win.screen.width}×${win.screen.height} at ${win.devicePixelRatio}`,
    battery: battery ? `${Math.round(100 * battery.level)} %${battery.charging ? ', charging' : ''}` : '',
    network: network.filter(Boolean).join(' '),
  };
}
