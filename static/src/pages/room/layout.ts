/**
 * Where each place sits in the room's box, as plain arithmetic. A CSS grid was rejected: moving a tile
 * between two grids takes its <video> out of the page, and the picture goes black for a moment.
 */
import type { Size } from './arrange';

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Box {
  width: number;
  height: number;
}

const widest = 16 / 9;
const smallRatio = 16 / 9;
const smallRatioUpright = 1;
/** The strip of small tiles is as wide as for this many, so that a third person shrinks nobody. */
const expected = 3;

/** layout gives a rectangle to each size, in the same order. */
export function layout(box: Box, sizes: readonly Size[]): Rect[] {
  if (box.width <= 0 || box.height <= 0) {
    return sizes.map(() => ({ x: 0, y: 0, width: 0, height: 0 }));
  }
  const staged = sizes.includes('stage');
  const isMain = (size: Size): boolean => (staged ? size === 'stage' : size === 'large');
  const count = sizes.filter((size) => !isMain(size)).length;
  const gap = box.width < 600 ? 8 : 16;
  const upright = box.height > box.width;
  const strip = count === 0 ? 0 : stripThickness(box, count, gap, upright);
  const taken = count === 0 ? 0 : strip + gap;
  const main: Rect = upright
    ? { x: 0, y: 0, width: box.width, height: box.height - taken }
    : { x: 0, y: 0, width: box.width - taken, height: box.height };
  const mains = pack(main, sizes.filter(isMain).length, gap, staged ? null : upright ? 4 / 3 : widest);
  const sides = line(
    box,
    sizes.filter((size) => !isMain(size)),
    strip,
    gap,
    upright,
  );
  return sizes.map((size) => (isMain(size) ? mains.shift() : sides.shift()) as Rect);
}

// Beside the main area when the box lies, under it when it stands.
function stripThickness(box: Box, count: number, gap: number, upright: boolean): number {
  const places = Math.max(count, expected);
  if (upright) {
    const width = Math.min(168, (box.width - gap * (places - 1)) / places);
    return width / smallRatioUpright;
  }
  const fits = ((box.height - gap * (places - 1)) / places) * smallRatio;
  return Math.min(Math.max(120, Math.min(320, box.width * 0.19)), fits);
}

// The strip fills from its beginning; myself sits at its far end, where nobody ever moves me.
function line(box: Box, sizes: readonly Size[], strip: number, gap: number, upright: boolean): Rect[] {
  const width = upright ? strip * smallRatioUpright : strip;
  const height = upright ? strip : strip / smallRatio;
  return sizes.map((size, index) => {
    const before = index * ((upright ? width : height) + gap);
    if (upright) {
      return { x: size === 'self' ? box.width - width : before, y: box.height - height, width, height };
    }
    return { x: box.width - width, y: size === 'self' ? box.height - height : before, width, height };
  });
}

// The number of columns that gives the largest picture. Without a ratio it fills its area.
function pack(area: Rect, count: number, gap: number, ratio: number | null): Rect[] {
  let best: { columns: number; rows: number; width: number; height: number; picture: number } | null = null;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const cellWidth = (area.width - gap * (columns - 1)) / columns;
    const cellHeight = (area.height - gap * (rows - 1)) / rows;
    const width = ratio === null ? cellWidth : Math.min(cellWidth, cellHeight * ratio);
    const height = ratio === null ? cellHeight : Math.min(cellHeight, cellWidth / ratio);
    const picture = Math.min(width, height * widest);
    if (!best || picture > best.picture) {
      best = { columns, rows, width, height, picture };
    }
  }
  if (!best) {
    return [];
  }
  const { columns, rows, width, height } = best;
  const top = area.y + (area.height - rows * height - (rows - 1) * gap) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = area.x + (area.width - inRow * width - (inRow - 1) * gap) / 2;
    return { x: left + (index % columns) * (width + gap), y: top + row * (height + gap), width, height };
  });
}
