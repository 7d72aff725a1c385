/** Arrows in a grid of tiles. Pure. */

/** moved is the index that a key leads to; null for a key that moves nothing. */
export function moved(key: string, index: number, columns: number, count: number): number | null {
  const within = (to: number): number => Math.min(count - 1, Math.max(0, to));
  switch (key) {
    case 'ArrowLeft':
      return within(index - 1);
    case 'ArrowRight':
      return within(index + 1);
    case 'ArrowUp':
      return index - columns >= 0 ? index - columns : index;
    case 'ArrowDown':
      return index + columns < count ? index + columns : within(index);
    case 'Home':
      return within(0);
    case 'End':
      return within(count - 1);
    default:
      return null;
  }
}

/** columnsOf counts how many stand in the first line, by their upper edges. */
export function columnsOf(tops: readonly number[]): number {
  const [first] = tops;
  const columns = tops.findIndex((top) => first !== undefined && Math.abs(top - first) > 2);
  return columns < 0 ? Math.max(1, tops.length) : columns;
}
