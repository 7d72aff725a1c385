import type { IceServer, SourceName, VideoCodec } from '../protocol/types';
import { Encodings } from './encodings';
import { cameraEncodings, type Layout, screenEncodings, videoCodecs } from './layout';
import { type MediaSlot, slotsOf } from './slots';

/** The media path, as one value. */
export type PathState = 'connecting' | 'connected' | 'interrupted' | 'failed' | 'closed';

export function pathState(state: RTCPeerConnectionState): PathState {
  switch (state) {
    case 'new':
    case 'connecting':
      return 'connecting';
    case 'connected':
      return 'connected';
    case 'disconnected':
      return 'interrupted';
    case 'failed':
      return 'failed';
    case 'closed':
      return 'closed';
  }
}

export interface PeerDeps {
  layout: Layout;
  /** asked anew for every restart */
  servers(): readonly IceServer[];
  /** by the relay alone */
  relayed: boolean;
  changed(state: PathState): void;
}

/**
 * MediaPeer is this browser's end of one PeerConnection, which makes one offer
 * in its life and never renegotiates; only ICE may restart. What is sent changes
 * by replaceTrack, what is received by the server's slot map.
 */
export class MediaPeer {
  private readonly pc: RTCPeerConnection;
  private readonly layout: Layout;
  private readonly senders = new Map<SourceName, RTCRtpSender>();
  private readonly encodings = new Map<SourceName, Encodings>();
  private readonly changed: (state: PathState) => void;
  private readonly servers: () => readonly IceServer[];
  private readonly policy: RTCIceTransportPolicy;
  private received: MediaSlot[] = [];
  private stamps = 0;
  /** as of the last silent reading; null before the first one */
  private bytes: number | null = null;
  private changes = 0;

  constructor({ layout, servers, relayed, changed }: PeerDeps) {
    this.layout = layout;
    this.changed = changed;
    this.servers = servers;
    this.policy = relayed ? 'relay' : 'all';
    this.pc = new RTCPeerConnection(this.configuration());
    this.addSections();
    this.pc.onconnectionstatechange = () => this.changed(this.state);
  }

  get state(): PathState {
    return pathState(this.pc.connectionState);
  }

  /** Empty until the answer is there. */
  get slots(): readonly MediaSlot[] {
    return this.received;
  }

  /** The one offer. It does not wait for candidates: the server dials nobody. */
  async offer(): Promise<string> {
    await this.pc.setLocalDescription(await this.pc.createOffer());
    return this.pc.localDescription?.sdp ?? '';
  }

  async accept(answer: string): Promise<void> {
    await this.pc.setRemoteDescription({ type: 'answer', sdp: answer });
    if (!this.received.length) this.received = slotsOf(this.layout, this.pc.getTransceivers());
  }

  /** A fresh offer of the same sections with new ICE credentials; the relay's credentials may have aged. */
  async restartOffer(): Promise<string> {
    this.pc.setConfiguration(this.configuration());
    await this.pc.setLocalDescription(await this.pc.createOffer({ iceRestart: true }));
    return this.pc.localDescription?.sdp ?? '';
  }

  /**
   * A number that changes whenever something has come. Voices and pictures that play tell it for nothing; the
   * browser's statistics, which cost more, are asked when these are silent.
   */
  async pulse(): Promise<number> {
    let stamps = 0;
    for (const { audio, video } of this.received)
      for (const receiver of [audio, video])
        for (const { rtpTimestamp } of receiver?.getSynchronizationSources() ?? []) stamps += rtpTimestamp;
    if (stamps !== this.stamps) {
      this.stamps = stamps;
      this.bytes = null;
    } else {
      const bytes = bytesOf((await this.pc.getStats()).values());
      if (this.bytes !== null && bytes !== this.bytes) this.changes += 1;
      this.bytes = bytes;
    }
    return this.stamps + this.changes;
  }

  /** What a source sends from now on; null sends nothing. */
  async send(source: SourceName, track: MediaStreamTrack | null): Promise<void> {
    const sender = this.senders.get(source);
    if (!sender || sender.track === track || this.pc.signalingState === 'closed') return;
    await sender.replaceTrack(track);
  }

  /** The layers of a source that somebody watches; the others are not sent. */
  async watched(source: SourceName, rids: readonly string[]): Promise<void> {
    if (this.pc.signalingState !== 'closed') await this.encodings.get(source)?.layers(rids);
  }

  /** The codec that a source should be sent in, as the server names it. */
  async encode(source: SourceName, codec: VideoCodec): Promise<void> {
    // Named even where it is the answer's first: Chromium goes on with what it was told before.
    if (this.pc.signalingState !== 'closed') await this.encodings.get(source)?.codec(`video/${codec}`);
  }

  /** What the browser has counted of the path. */
  report(): Promise<RTCStatsReport> {
    return this.pc.getStats();
  }

  close(): void {
    this.pc.onconnectionstatechange = null;
    this.pc.close();
    for (const s of this.received) {
      for (const t of [...(s.sound?.getTracks() ?? []), ...(s.picture?.getTracks() ?? [])]) t.stop();
    }
  }

  private configuration(): RTCConfiguration {
    return {
      bundlePolicy: 'max-bundle',
      iceServers: [...this.servers()],
      iceTransportPolicy: this.policy,
      // Relay addresses are asked for while the offer is made, so that the lobby has them.
      iceCandidatePoolSize: 1,
    };
  }

  private addSections(): void {
    const known = RTCRtpReceiver.getCapabilities?.('video')?.codecs ?? [];
    const sends = RTCRtpSender.getCapabilities?.('video')?.codecs ?? known;
    for (const source of this.layout.sends) {
      const transceiver = this.addSending(source);
      this.senders.set(source, transceiver.sender);
      this.encodings.set(source, new Encodings(transceiver.sender));
      if (source === 'camera' || source === 'screen') prefer(transceiver, videoCodecs(sends, source));
    }
    const stage = this.layout.slots.lastIndexOf('pair');
    for (const [slot, media] of this.layout.slots.entries()) {
      if (media !== 'video') this.pc.addTransceiver('audio', { direction: 'recvonly' });
      if (media === 'audio') continue;
      const use = media === 'video' ? 'tile' : slot === stage ? 'stage' : 'person';
      prefer(this.pc.addTransceiver('video', { direction: 'recvonly' }), videoCodecs(known, use));
    }
  }

  private addSending(source: SourceName): RTCRtpTransceiver {
    const direction = 'sendonly';
    switch (source) {
      case 'microphone':
        // When the line is narrow the voice goes before the picture.
        return this.pc.addTransceiver('audio', { direction, sendEncodings: [{ priority: 'high' }] });
      case 'screen_audio':
        return this.pc.addTransceiver('audio', { direction });
      case 'camera':
        return this.pc.addTransceiver('video', {
          direction,
          sendEncodings: cameraEncodings.map((e) => ({ ...e })),
        });
      case 'screen':
        return this.pc.addTransceiver('video', {
          direction,
          sendEncodings: screenEncodings.map((e) => ({ ...e })),
        });
    }
  }
}

type Counted = RTCStats & { bytesReceived?: number; responsesReceived?: number };

/** An answered ICE check counts: the path lives, even if nobody speaks. */
function bytesOf(report: Iterable<Counted>): number {
  let sum = 0;
  for (const { type, bytesReceived, responsesReceived } of report)
    if (type === 'candidate-pair') sum += (bytesReceived ?? 0) + (responsesReceived ?? 0);
  return sum;
}

/** A browser that cannot take the preference just offers more: the answer still picks VP8. */
function prefer(transceiver: RTCRtpTransceiver, codecs: RTCRtpCodec[]): void {
  if (!codecs.length) return;
  try {
    transceiver.setCodecPreferences?.(codecs);
  } catch {
    // Older Safari refuses lists that lack its own codecs.
  }
}
