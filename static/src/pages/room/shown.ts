import type { Shown } from '../../room/sizes';
import type { Place } from './arrange';
import type { Rect } from './layout';

/** From this width down a picture fills its tile whatever its size is called (tiles.css). */
const narrow = 192;

/** shownOf is how large each receive slot is on the page, as tiles.css draws it. */
export function shownOf(places: readonly Place[], rects: readonly Rect[], enlarged: string | null): Shown[] {
  return places.flatMap((place, index) => {
    const rect = rects[index];
    if (!('tile' in place) || place.tile.slot === null || !rect) return [];
    const { width, height } = rect;
    const fills = place.size === 'small' || width <= narrow;
    return [{ slot: place.tile.slot, width, height, fills, focused: place.key === enlarged }];
  });
}
