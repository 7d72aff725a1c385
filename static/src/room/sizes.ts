import type { Tiles } from '../protocol/types';

/** How large the page shows one slot, in pixels of the page. */
export interface Shown {
  slot: number;
  width: number;
  height: number;
  /** the tile is filled, and the picture cut where it does not fit; otherwise the whole picture shows */
  fills: boolean;
  /** the person chose to look at this one */
  focused: boolean;
}

const steps = [90, 180, 360, 720] as const;
/** A picture may be drawn a fifth larger than it is before anybody sees it. */
const stretch = 1.2;
const ratio = 16 / 9;

/** pictureHeight is how many lines of the screen a picture of 16:9 has there, as the next step that is enough. */
export function pictureHeight({ width, height, fills }: Shown, density: number): number {
  const lines = density * (fills ? Math.max(height, width / ratio) : Math.min(height, width / ratio));
  return steps.find((step) => lines <= step * stretch) ?? 720;
}

/** tilesOf says it to the server. A tile without a size is not laid out yet. */
export function tilesOf(shown: readonly Shown[], density: number): Tiles {
  const laidOut = shown.filter(({ width, height }) => width > 0 && height > 0);
  const sizes = laidOut
    .map((one) => ({ slot: one.slot, height: pictureHeight(one, density) }))
    .toSorted((a, b) => a.slot - b.slot);
  const focused = laidOut.find((one) => one.focused)?.slot;
  return focused === undefined ? { sizes } : { sizes, focused };
}

export interface TileSizesDeps {
  tell(tiles: Tiles): Promise<void>;
  density(): number;
}

/** A page that is laid out anew is so by several steps. */
const settles = 100;
/** A window that is dragged changes many times a second; the server wants two at most. */
const apart = 500;

/** TileSizes tells the server how large the page shows its slots, when that has settled. */
export class TileSizes {
  private readonly deps: TileSizesDeps;
  private shown: readonly Shown[] = [];
  /** what the server has; null: nothing, or nobody knows */
  private told: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;
  private toldAt = Number.NEGATIVE_INFINITY;

  constructor(deps: TileSizesDeps) {
    this.deps = deps;
  }

  /** The page shows this now. */
  set(shown: readonly Shown[]): void {
    this.shown = shown;
    if (this.stopped || this.text() === this.told) return;
    const due = this.toldAt + apart - performance.now();
    this.timer ??= setTimeout(() => this.tell(), Math.max(settles, due));
  }

  /** Another session, or one whose last words may be lost. */
  retell(): void {
    this.told = null;
    this.set(this.shown);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private tell(): void {
    this.timer = undefined;
    const text = this.text();
    if (!this.shown.length || text === this.told) return;
    this.told = text;
    this.toldAt = performance.now();
    this.deps.tell(JSON.parse(text) as Tiles).catch(() => {
      // Without a socket: it is told when the session is up again.
      if (this.told === text) this.told = null;
    });
  }

  private text(): string {
    return JSON.stringify(tilesOf(this.shown, this.deps.density()));
  }
}
