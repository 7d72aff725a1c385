/** What the platform tells about the way to the server. */
export type Hint = 'online' | 'visible' | 'restored' | 'woken' | 'network';

const tick = 1000;
/** A timer this late means that the machine slept or the page was frozen. */
const drift = 3000;

/** watchPlatform reports the moments at which waiting longer, or trusting a silent socket, would be wrong. */
export function watchPlatform(win: Window, tell: (hint: Hint) => void): () => void {
  const doc = win.document;
  const online = () => tell('online');
  const network = () => tell('network');
  const visible = () => {
    if (doc.visibilityState === 'visible') tell('visible');
  };
  const restored = (event: PageTransitionEvent) => {
    if (event.persisted) tell('restored');
  };
  let last = Date.now();
  const timer = win.setInterval(() => {
    const now = Date.now();
    // Hidden pages are throttled on purpose; that is no sleep.
    if (now - last > tick + drift && doc.visibilityState === 'visible') tell('woken');
    last = now;
  }, tick);
  // Chromium and Android tell of another network; Safari and Firefox do not.
  const link = (win.navigator as Navigator & { connection?: EventTarget }).connection;
  link?.addEventListener('change', network);
  win.addEventListener('online', online);
  win.addEventListener('pageshow', restored);
  doc.addEventListener('visibilitychange', visible);
  return () => {
    win.clearInterval(timer);
    link?.removeEventListener('change', network);
    win.removeEventListener('online', online);
    win.removeEventListener('pageshow', restored);
    doc.removeEventListener('visibilitychange', visible);
  };
}
