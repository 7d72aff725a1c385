import type { IceServer } from '../protocol/types';
import { type PathState, pathState } from './peer';

/**
 * ProbePeer tries one way of media beside the one in use: it receives one voice that never comes, and needs no more
 * than to connect. The server ends its half by itself.
 */
export class ProbePeer {
  private readonly pc: RTCPeerConnection;

  /** `relayed`: by the relay alone, which these servers name. */
  constructor(servers: readonly IceServer[], relayed: boolean) {
    this.pc = new RTCPeerConnection({
      bundlePolicy: 'max-bundle',
      iceServers: [...servers],
      iceTransportPolicy: relayed ? 'relay' : 'all',
    });
    this.pc.addTransceiver('audio', { direction: 'recvonly' });
  }

  get state(): PathState {
    return pathState(this.pc.connectionState);
  }

  async offer(): Promise<string> {
    await this.pc.setLocalDescription(await this.pc.createOffer());
    return this.pc.localDescription?.sdp ?? '';
  }

  async accept(answer: string): Promise<void> {
    await this.pc.setRemoteDescription({ type: 'answer', sdp: answer });
  }

  /** true when it connects within this many milliseconds, false when it cannot or did not */
  connected(within: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (yes: boolean) => {
        clearTimeout(timer);
        this.pc.onconnectionstatechange = null;
        resolve(yes);
      };
      const timer = setTimeout(() => end(false), within);
      const look = () => {
        const { state } = this;
        if (state === 'connected') end(true);
        else if (state === 'failed' || state === 'closed') end(false);
      };
      this.pc.onconnectionstatechange = look;
      look();
    });
  }

  report(): Promise<RTCStatsReport> {
    return this.pc.getStats();
  }

  close(): void {
    this.pc.close();
  }
}
