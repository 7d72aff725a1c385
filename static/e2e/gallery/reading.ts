/** What keeps a text from being read: runs inside the page, so it leans on nothing outside of itself. */
export interface Obstacle {
  what: 'beyond the window' | 'outside of its button' | 'clipped' | 'a word is cut' | 'two texts overlap';
  text: string;
  at: string;
}

export function obstacles(): Obstacle[] {
  // Names are the parties' own and may be long: they end in an ellipsis, on purpose.
  // An address has no words, and a row of tabs scrolls under the finger.
  const mayEnd = '.office-url, .tabs .tab, .head-event, .head-by, .bar h1, .tile-name, select, option';
  const found: Obstacle[] = [];
  const placed: { node: Text; rect: DOMRect }[] = [];
  const tell = (what: Obstacle['what'], node: Text): void => {
    const parent = node.parentElement;
    found.push({
      what,
      text: node.data.trim().slice(0, 80),
      at: `${parent?.tagName.toLowerCase()}.${parent?.className} in .${parent?.parentElement?.className}`,
    });
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
    const parent = node.parentElement;
    if (!parent || node.data.trim() === '' || parent.closest(`${mayEnd}, script, style, noscript`)) continue;
    if (!parent.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const rects = [...range.getClientRects()].filter((rect) => rect.width > 1 && rect.height > 1);
    // Words for readers of the page alone are one pixel large.
    if (rects.length === 0 || hiddenBox(parent)) continue;
    if (rects.some((rect) => rect.left < -1 || rect.right > window.innerWidth + 1)) {
      tell('beyond the window', node);
    }
    const box = parent.closest('button, .state, .role, .tile-state, .button')?.getBoundingClientRect();
    if (box && rects.some((rect) => rect.left < box.left - 1 || rect.right > box.right + 1)) {
      tell('outside of its button', node);
    }
    if (rects.some((rect) => clips(parent, rect))) {
      tell('clipped', node);
    }
    for (const word of node.data.matchAll(/[\p{L}\p{M}\p{N}\u2019']+/gu)) {
      // Scripts without spaces break within what looks like one word here.
      if (/[\p{Script=Thai}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(word[0])) continue;
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const parts = [...range.getClientRects()].filter((rect) => rect.width > 1);
      const tops = parts.map((rect) => rect.top);
      if (Math.max(...tops) - Math.min(...tops) > (parts[0]?.height ?? 0) / 2) {
        tell('a word is cut', node);
        break;
      }
    }
    // A face may ask for twice the height of its letters: only the letters are looked at.
    const size = Number.parseFloat(getComputedStyle(parent).fontSize);
    for (const rect of rects) {
      const middle = (rect.top + rect.bottom) / 2;
      placed.push({ node, rect: new DOMRect(rect.left, middle - size / 2, rect.width, size) });
    }
  }
  for (const [index, one] of placed.entries()) {
    for (const other of placed.slice(index + 1)) {
      if (one.node !== other.node && apart(one.node) === apart(other.node) && cover(one.rect, other.rect)) {
        tell('two texts overlap', one.node);
      }
    }
  }
  return found;

  function hiddenBox(element: Element): boolean {
    for (let up: Element | null = element; up; up = up.parentElement) {
      const box = up.getBoundingClientRect();
      if (box.width <= 1 && box.height <= 1 && getComputedStyle(up).overflow !== 'visible') return true;
    }
    return false;
  }

  function clips(element: Element, rect: DOMRect): boolean {
    for (let up: Element | null = element; up && up !== document.body; up = up.parentElement) {
      const style = getComputedStyle(up);
      const box = up.getBoundingClientRect();
      // What scrolls can be reached; what is hidden cannot.
      if (/hidden|clip/.test(style.overflowX) && (rect.left < box.left - 1 || rect.right > box.right + 1))
        return true;
      if (/hidden|clip/.test(style.overflowY) && (rect.top < box.top - 3 || rect.bottom > box.bottom + 3))
        return true;
      if (/auto|scroll/.test(style.overflowY)) return false;
    }
    return false;
  }

  // What is laid over the rest on purpose covers it: a hint, a dialog, the step that stays in sight.
  function apart(node: Text): Element | null {
    return node.parentElement?.closest('.hints, .dialog-head, dialog, .go, .skip') ?? null;
  }

  function cover(one: DOMRect, other: DOMRect): boolean {
    const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
    const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
    return width > 2 && height > Math.min(one.height, other.height) / 4;
  }
}
