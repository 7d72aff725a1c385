export type Unsupported = 'in_app' | 'no_webrtc' | 'insecure';

/**
 * Browsers inside other apps that have no camera, or whose camera the app does
 * not hand on. Each is known by what it adds to the user agent.
 */
const inApp: readonly RegExp[] = [
  /KAKAOTALK/i,
  /MicroMessenger/i,
  /\bLine\//i,
  /\bFBA[NV]\//,
  /\bFB_IAB\b/,
  /Instagram/i,
  /NAVER\(inapp/i,
  /\bDaumApps\b/i,
  /\bGSA\//, // the Google app, which opens Gmail's links on an iPhone
  /\bGmail\b/i,
  /\bTelegram\b/i,
  /\bBytedanceWebview\b/i,
  /Android.*;\s?wv\)/, // any other Android WebView
];

export function isInApp(userAgent: string): boolean {
  return inApp.some((mark) => mark.test(userAgent));
}

export interface Abilities {
  userAgent: string;
  secure: boolean;
  peerConnection: boolean;
  getUserMedia: boolean;
}

/** Why this browser cannot meet; null when it can. The remedy decides the order: another browser comes first. */
export function unsupported(able: Abilities): Unsupported | null {
  if (isInApp(able.userAgent)) return 'in_app';
  if (!able.secure) return 'insecure';
  if (!able.peerConnection || !able.getUserMedia) return 'no_webrtc';
  return null;
}

export function abilitiesOf(win: Window & typeof globalThis): Abilities {
  return {
    userAgent: win.navigator.userAgent,
    secure: win.isSecureContext,
    peerConnection: typeof win.RTCPeerConnection === 'function',
    getUserMedia: typeof win.navigator.mediaDevices?.getUserMedia === 'function',
  };
}
