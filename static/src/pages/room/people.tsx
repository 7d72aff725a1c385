/** The people of the room. All tiles live in one box; only their rectangles change. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { RoomModel, Tile } from '../../room/model';
import { useDesk } from '../desk';
import { arrange, canEnlarge } from './arrange';
import { type Box, layout, type Rect } from './layout';
import { shownOf } from './shown';
import { AbsentPlace, TilePlace } from './tile';

export function People({ room }: { room: RoomModel }) {
  const { visit } = useDesk();
  const element = useRef<HTMLUListElement>(null);
  const box = useSignal<Box>({ width: 0, height: 0 });
  useEffect(() => {
    const list = element.current;
    if (!list) {
      return;
    }
    const watch = new ResizeObserver(([entry]) => {
      if (entry) {
        box.value = { width: entry.contentRect.width, height: entry.contentRect.height };
      }
    });
    watch.observe(list);
    return () => watch.disconnect();
  }, [box]);
  const enlarged = useSignal<string | null>(null);
  const tiles = room.tiles.value;
  const staged = tiles.some(({ kind }) => kind === 'stage');
  // What somebody begins to show is for everybody to look at.
  useEffect(() => {
    if (staged) enlarged.value = null;
  }, [staged, enlarged]);
  const mine = visit.bootstrap.value?.you.role ?? 'buyer';
  const places = arrange(tiles, room.participants.value, room.consultation, mine, enlarged.value);
  const rects = layout(
    box.value,
    places.map((place) => place.size),
  );
  useEffect(() => room.show(shownOf(places, rects, enlarged.value)));
  const choice = (key: string, kind: Tile['kind']) =>
    kind === 'self' || !canEnlarge(tiles)
      ? null
      : {
          chosen: enlarged.value === key,
          choose: () => {
            enlarged.value = enlarged.value === key ? null : key;
          },
        };
  return (
    <ul class="people" ref={element}>
      {places.map((place, index) => {
        const style = styleOf(rects[index]);
        return 'tile' in place ? (
          <TilePlace
            key={place.key}
            tile={place.tile}
            size={place.size}
            style={style}
            speaks={place.tile.kind !== 'stage' && room.speakers.value.has(place.tile.participant.id)}
            enlarge={choice(place.key, place.tile.kind)}
          />
        ) : (
          <AbsentPlace key={place.key} role={place.role} name={place.name} size={place.size} style={style} />
        );
      })}
    </ul>
  );
}

function styleOf(rect: Rect | undefined): Record<string, string> {
  if (!rect) {
    return {};
  }
  return {
    left: `${Math.round(rect.x)}px`,
    top: `${Math.round(rect.y)}px`,
    width: `${Math.floor(rect.width)}px`,
    height: `${Math.floor(rect.height)}px`,
  };
}
