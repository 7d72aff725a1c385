import { writeFileSync } from 'node:fs';

type Colour = readonly [number, number, number];

/** What a fake camera shows: somebody before a shelf with bales of cloth. */
export interface Portrait {
  wall: Colour;
  coat: Colour;
  skin: Colour;
  hair: Colour;
  cloth: readonly Colour[];
}

export const portraits: Readonly<Record<'firm' | 'buyer' | 'interpreter', Portrait>> = {
  firm: {
    wall: [226, 219, 207],
    coat: [43, 58, 88],
    skin: [233, 196, 168],
    hair: [38, 32, 34],
    cloth: [
      [176, 64, 58],
      [214, 160, 74],
      [69, 110, 98],
      [62, 84, 140],
      [205, 196, 180],
      [128, 88, 120],
    ],
  },
  buyer: {
    wall: [198, 208, 214],
    coat: [112, 62, 58],
    skin: [198, 152, 120],
    hair: [92, 66, 48],
    cloth: [
      [120, 132, 140],
      [150, 128, 100],
      [88, 104, 120],
    ],
  },
  interpreter: {
    wall: [214, 220, 206],
    coat: [70, 92, 78],
    skin: [240, 208, 186],
    hair: [64, 46, 40],
    cloth: [
      [190, 186, 160],
      [150, 160, 140],
    ],
  },
};

const width = 1280;
const height = 720;
const frames = 8;

const mix = (a: Colour, b: Colour, t: number): Colour => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
  a[2] + (b[2] - a[2]) * t,
];

function pixel(p: Portrait, x: number, y: number, nod: number): Colour {
  const inside = (cx: number, cy: number, rx: number, ry: number) =>
    ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1;
  const cx = width / 2;
  const light = 1 - Math.abs(x - cx * 0.8) / width;
  const head = 290 + nod;
  if (inside(cx, head - 34, 112, 118) && y < head - 20) return p.hair;
  if (inside(cx, head, 100, 128)) return mix(p.skin, [255, 250, 240], 0.16 * light);
  if (Math.abs(x - cx) < 46 && y > head && y < 480) return mix(p.skin, [60, 40, 30], 0.18);
  if (inside(cx, 760, 320, 312) || inside(cx, 720, 250, 290))
    return Math.abs(x - cx) < (560 - y) * 0.42 && y < 560
      ? [244, 242, 236]
      : mix(p.coat, [0, 0, 0], 0.25 * (1 - light));
  // Bales of cloth on two boards.
  for (const board of [250, 520]) {
    if (y > board && y < board + 16) return [146, 116, 86];
    const bale = Math.floor(x / 74);
    const tall = 120 + ((bale * 37) % 60);
    if (y <= board && y > board - tall && x % 74 > 6)
      return mix(
        p.cloth[bale % p.cloth.length] ?? p.wall,
        [255, 255, 255],
        0.22 * Math.sin(((x % 74) / 74) * Math.PI),
      );
  }
  return mix(p.wall, [255, 255, 255], 0.35 * light);
}

/** Writes a short film that Chromium shows as its camera, again and again. */
export function film(portrait: Portrait, file: string): void {
  const parts: Buffer[] = [Buffer.from(`YUV4MPEG2 W${width} H${height} F15:1 Ip A1:1 C420jpeg\n`)];
  for (let frame = 0; frame < frames; frame++) {
    const nod = Math.round(4 * Math.sin((frame / frames) * 2 * Math.PI));
    const luma = Buffer.alloc(width * height);
    const blue = Buffer.alloc((width * height) / 4);
    const red = Buffer.alloc((width * height) / 4);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [r, g, b] = pixel(portrait, x, y, nod);
        luma[y * width + x] = 0.299 * r + 0.587 * g + 0.114 * b;
        if (y % 2 === 0 && x % 2 === 0) {
          const i = (y / 2) * (width / 2) + x / 2;
          blue[i] = 128 - 0.169 * r - 0.331 * g + 0.5 * b;
          red[i] = 128 + 0.5 * r - 0.419 * g - 0.081 * b;
        }
      }
    }
    parts.push(Buffer.from('FRAME\n'), luma, blue, red);
  }
  writeFileSync(file, Buffer.concat(parts));
}

/** Writes a film of one colour, by which a test knows whose picture it sees; a bar runs through it, so that frames differ. */
export function plain(colour: Colour, file: string): void {
  const [r, g, b] = colour;
  const w = 640;
  const h = 360;
  const bar = 16;
  const parts: Buffer[] = [Buffer.from(`YUV4MPEG2 W${w} H${h} F15:1 Ip A1:1 C420jpeg\n`)];
  for (let frame = 0; frame < 30; frame++) {
    const luma = Buffer.alloc(w * h, 0.299 * r + 0.587 * g + 0.114 * b);
    // At the lower edge: the middle, where tests look, stays as it is.
    for (let y = h - bar; y < h; y++) luma.fill(235, y * w + frame * bar, y * w + (frame + 1) * bar);
    const blue = Buffer.alloc((w * h) / 4, 128 - 0.169 * r - 0.331 * g + 0.5 * b);
    const red = Buffer.alloc((w * h) / 4, 128 + 0.5 * r - 0.419 * g - 0.081 * b);
    parts.push(Buffer.from('FRAME\n'), luma, blue, red);
  }
  writeFileSync(file, Buffer.concat(parts));
}
