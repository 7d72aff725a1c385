import type { IceServer, SourceName } from '../protocol/types';
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

/**
 * MediaPeer is this browser's end of one PeerConnection, which makes one offer
 * in its life and never renegotiates; only ICE may restart. What is sent changes
 * by replaceTrack, what is received by the server's slot map.
 */
export class MediaPeer {
  private readonly pc: RTCPeerConnection;
  private readonly layout: Layout;
  private readonly senders = new Map<SourceName, RTCRtpSender>();
  private readonly changed: (state: PathState) => void;
  private received: MediaSlot[] = [];

  constructor(layout: Layout, iceServers: readonly IceServer[], changed: (state: PathState) => void) {
    this.layout = layout;
    this.changed = changed;
    this.pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers: [...iceServers] });
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

  /** A fresh offer of the same sections with new ICE credentials. */
  async restartOffer(): Promise<string> {
    await this.pc.setLocalDescription(await this.pc.createOffer({ iceRestart: true }));
    return this.pc.localDescription?.sdp ?? '';
  }

  /** What a source sends from now on; null sends nothing. */
  async send(source: SourceName, track: MediaStreamTrack | null): Promise<void> {
    const sender = this.senders.get(source);
    if (!sender || sender.track === track || this.pc.signalingState === 'closed') return;
    await sender.replaceTrack(track);
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

  private addSections(): void {
    const video = videoCodecs(RTCRtpReceiver.getCapabilities?.('video')?.codecs ?? []);
    for (const source of this.layout.sends) {
      const transceiver = this.addSending(source);
      this.senders.set(source, transceiver.sender);
      if (source === 'camera' || source === 'screen') prefer(transceiver, video);
    }
    for (const media of this.layout.slots) {
      if (media !== 'video') this.pc.addTransceiver('audio', { direction: 'recvonly' });
      if (media !== 'audio') prefer(this.pc.addTransceiver('video', { direction: 'recvonly' }), video);
    }
  }

  private addSending(source: SourceName): RTCRtpTransceiver {
    const direction = 'sendonly';
    switch (source) {
      case 'microphone':
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

/** A browser that cannot take the preference just offers more: the answer still picks VP8. */
function prefer(transceiver: RTCRtpTransceiver, codecs: RTCRtpCodec[]): void {
  if (!codecs.length) return;
  try {
    transceiver.setCodecPreferences?.(codecs);
  } catch {
    // Older Safari refuses lists that lack its own codecs.
  }
}
