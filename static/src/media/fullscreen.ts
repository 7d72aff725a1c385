/** Whether a page fills the screen. iPhones know no full screen for pages. */
export type ScreenState = 'full' | 'window' | 'unavailable';

export function screenState(doc: Document): ScreenState {
  if (doc.fullscreenElement) return 'full';
  return doc.fullscreenEnabled ? 'window' : 'unavailable';
}

/** Only in a click; a browser that refuses leaves everything as it is. */
export async function toggleFullScreen(doc: Document): Promise<void> {
  try {
    if (doc.fullscreenElement) await doc.exitFullscreen();
    else await doc.documentElement.requestFullscreen({ navigationUI: 'hide' });
  } catch {
    // The person sees that it did not fill the screen.
  }
}
