/**
 * Runs in every page before the page's own scripts: counts what the one-offer rule
 * is about, keeps hold of the peer connections for their statistics, and collects
 * what the page's Content-Security-Policy refused.
 */
export const probeSource = `(() => {
  const calls = { createOffer: 0, setLocalDescription: 0, setRemoteDescription: 0 };
  const peers = [];
  const refused = [];
  const counts = new WeakMap();
  const shown = (selector) => {
    const video = document.querySelector(selector);
    if (!video) return 0;
    if (!counts.has(video)) {
      counts.set(video, 0);
      const count = () => {
        counts.set(video, counts.get(video) + 1);
        video.requestVideoFrameCallback(count);
      };
      video.requestVideoFrameCallback(count);
    }
    return counts.get(video);
  };
  // How often the page asked the person for a device.
  let asked = 0;
  const media = navigator.mediaDevices;
  if (media) {
    const own = media.getUserMedia.bind(media);
    media.getUserMedia = (wish) => {
      asked += 1;
      return own(wish);
    };
  }
  window.__probe = { calls, peers, refused, shown, asked: () => asked };
  document.addEventListener('securitypolicyviolation', (e) => {
    refused.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sourceFile);
  });
  const Peer = window.RTCPeerConnection;
  if (!Peer) return;
  for (const name of Object.keys(calls)) {
    const own = Peer.prototype[name];
    Peer.prototype[name] = function (...args) {
      calls[name] += 1;
      if (!peers.includes(this)) peers.push(this);
      return own.apply(this, args);
    };
  }
})();`;

export interface Calls {
  createOffer: number;
  setLocalDescription: number;
  setRemoteDescription: number;
}

interface Probe {
  calls: Calls;
  peers: RTCPeerConnection[];
  refused: string[];
  /** how many frames the first matching video has shown since it was first asked about */
  shown(selector: string): number;
  /** how often the page asked for camera or microphone */
  asked(): number;
}

declare global {
  interface Window {
    __probe: Probe;
  }
}

/** What a browser has received so far, summed over all of its receivers. */
export interface Received {
  framesDecoded: number;
  audioEnergy: number;
  audioPackets: number;
}

/** For evaluate(): must not refer to anything outside of itself. */
export async function received(): Promise<Received> {
  const sum = { framesDecoded: 0, audioEnergy: 0, audioPackets: 0 };
  for (const peer of window.__probe.peers) {
    if (peer.connectionState === 'closed') continue;
    for (const stat of (await peer.getStats()).values()) {
      if (stat.type !== 'inbound-rtp') continue;
      sum.framesDecoded += stat.framesDecoded ?? 0;
      sum.audioEnergy += stat.totalAudioEnergy ?? 0;
      if (stat.kind === 'audio') sum.audioPackets += stat.packetsReceived ?? 0;
    }
  }
  return sum;
}

/** The energy of all that one transceiver has received, of the newest PeerConnection. For evaluate(), as received(). */
export async function energyOf(section: number): Promise<number> {
  const peer = window.__probe.peers.filter((p) => p.connectionState !== 'closed').at(-1);
  const receiver = peer?.getTransceivers()[section]?.receiver;
  if (!receiver) return 0;
  let energy = 0;
  for (const stat of (await receiver.getStats()).values())
    if (stat.type === 'inbound-rtp') energy += stat.totalAudioEnergy ?? 0;
  return energy;
}

/** The colour in the middle of a video that is painted, null while there is none. For evaluate(), as received(). */
export function colourOf(selector: string): [number, number, number] | null {
  const video = document.querySelector<HTMLVideoElement>(selector);
  if (!video || video.readyState < 2 || video.videoWidth === 0) return null;
  const canvas = document.createElement('canvas');
  canvas.width = 1;
  canvas.height = 1;
  const context = canvas.getContext('2d');
  if (!context) return null;
  const { videoWidth: w, videoHeight: h } = video;
  context.drawImage(video, w / 2 - 2, h / 2 - 2, 4, 4, 0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = context.getImageData(0, 0, 1, 1).data;
  return [r, g, b];
}
