/** Which tiles are in sight: pictures of what is scrolled away are not sent. */
import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';

/** A fast scroll passes many tiles that nobody looks at. */
const settle = 120;

/**
 * useSight watches the tiles in a list by their data-room, in the order in which they stand, and tells them when
 * scrolling has settled. Nothing is in sight of a page that is hidden or left.
 */
export function useSight(
  list: RefObject<HTMLElement | null>,
  ids: string,
  onSight: (rooms: string[]) => void,
): void {
  useEffect(() => {
    const element = list.current;
    if (!element) return;
    const seen = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | null = null;
    const tell = () => {
      timer = null;
      const order = ids === '' ? [] : ids.split(' ');
      onSight(element.ownerDocument.hidden ? [] : order.filter((id) => seen.has(id)));
    };
    const soon = () => {
      timer ??= setTimeout(tell, settle);
    };
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const room = (target as HTMLElement).dataset.room ?? '';
        if (isIntersecting) seen.add(room);
        else seen.delete(room);
      }
      soon();
    });
    for (const tile of element.querySelectorAll('[data-room]')) observer.observe(tile);
    const page = element.ownerDocument;
    page.addEventListener('visibilitychange', soon);
    soon();
    return () => {
      observer.disconnect();
      page.removeEventListener('visibilitychange', soon);
      if (timer !== null) clearTimeout(timer);
    };
  }, [list, ids, onSight]);
}
