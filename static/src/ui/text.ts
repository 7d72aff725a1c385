/** A stretch of a message: words, or an address that may be opened. */
export type Stretch = { text: string; href?: string };

// Bidirectional controls can make an address read as another one (Unicode TR 36, 2.5).
const bidi = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const address = /https?:\/\/[^\s<>"']+/giu;

/** plain takes the direction controls out of what somebody wrote. */
export function plain(text: string): string {
  return text.replace(bidi, '');
}

/** stretches finds the addresses in a message. Only http and https become links. */
export function stretches(message: string): Stretch[] {
  const text = plain(message);
  const found: Stretch[] = [];
  let done = 0;
  for (const match of text.matchAll(address)) {
    // A sentence's own full stop or bracket is not part of the address.
    const shown = match[0].replace(/[.,;:!?)\]}]+$/u, '');
    const href = opened(shown);
    if (!href) {
      continue;
    }
    if (match.index > done) {
      found.push({ text: text.slice(done, match.index) });
    }
    found.push({ text: shown, href });
    done = match.index + shown.length;
  }
  if (done < text.length) {
    found.push({ text: text.slice(done) });
  }
  return found;
}

function opened(shown: string): string | null {
  try {
    const url = new URL(shown);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
  } catch {
    return null;
  }
}
