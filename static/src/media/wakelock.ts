/**
 * keepAwake holds the display awake while people talk. The system takes the lock
 * whenever the page is hidden, so it is asked for again each time it shows.
 */
export function keepAwake(win: Window): () => void {
  const { wakeLock } = win.navigator as Navigator & { wakeLock?: WakeLock };
  if (!wakeLock) return () => undefined;
  const doc = win.document;
  let done = false;
  let held: WakeLockSentinel | null = null;
  const take = () => {
    if (done || doc.visibilityState !== 'visible') return;
    wakeLock.request('screen').then(
      (lock) => {
        if (done) void lock.release();
        else held = lock;
      },
      () => undefined, // low battery: the system says no, and that is its right
    );
  };
  take();
  doc.addEventListener('visibilitychange', take);
  return () => {
    done = true;
    doc.removeEventListener('visibilitychange', take);
    void held?.release().catch(() => undefined);
  };
}
