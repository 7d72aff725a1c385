import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import { lastFrameOf, type MediaSlot } from '../media/slots';
import { Refused } from '../protocol/failure';
import type { ShowRooms, Wall, WallSlot } from '../protocol/types';
import type { WallModel, WallState } from './model';
import type { PathView } from './path';
import { Pictures } from './pictures';

export interface WallDeps {
  ask(show: ShowRooms): Promise<Wall>;
  reachable(): boolean;
  /** there is to be a PeerConnection from now on */
  openMedia(): void;
  path: ReadonlySignal<PathView>;
  slots(): readonly MediaSlot[];
  /** seats whose camera is on, as the board has it */
  cameras: ReadonlySignal<ReadonlySet<string>>;
}

/** Scrolling changes what is on the screen many times a second. */
const coalesce = 150;

const same = (a: ShowRooms, b: ShowRooms): boolean =>
  a.large === b.large && a.rooms.length === b.rooms.length && a.rooms.every((room, i) => room === b.rooms[i]);

const nothing: ShowRooms = { rooms: [] };

/**
 * RoomsWall shows the people of many rooms in the slots of one PeerConnection. Whom a
 * slot shows is the server's word; what the page has on its screen is told to it
 * a few times a second at most, the last wish alone.
 */
export class RoomsWall implements WallModel {
  private readonly deps: WallDeps;
  private readonly slotsSignal = signal<readonly WallSlot[]>([]);
  /** grows when the slots are those of another PeerConnection */
  private readonly media = signal(0);
  private readonly shownSignal = signal(false);
  private readonly seen: Pictures;
  private wanted: ShowRooms = nothing;
  private told: ShowRooms | null = null;
  private asking = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly unwatch: () => void;

  readonly pictures: ReadonlySignal<ReadonlyMap<string, MediaStream>>;
  readonly state: ReadonlySignal<WallState>;

  constructor(deps: WallDeps) {
    this.deps = deps;
    this.seen = new Pictures({
      emitted: async (slot) => {
        const place = deps.slots()[slot];
        return { frames: place ? lastFrameOf(place) : 0 };
      },
      shown: new Map(),
    });
    this.pictures = computed(() => this.picturesNow());
    this.state = computed(() => (this.shownSignal.value ? stateOf(deps.path.value) : 'off'));
    this.unwatch = effect(() => {
      const slots = this.slotsSignal.value;
      untracked(() => this.seen.update(slots.map(({ slot, seat }) => ({ slot, participant: seat }))));
    });
  }

  /** Somebody has looked at it: it needs media from the start of the next session on. */
  get wants(): boolean {
    return this.shownSignal.peek();
  }

  show(rooms: readonly string[], large: string | null): void {
    const wanted: ShowRooms = large === null ? { rooms: [...rooms] } : { rooms: [...rooms], large };
    if (same(wanted, this.wanted)) return;
    this.wanted = wanted;
    if (rooms.length > 0 && !this.shownSignal.peek()) {
      this.shownSignal.value = true;
      this.deps.openMedia();
    }
    this.timer ??= setTimeout(() => this.due(), coalesce);
  }

  /** The session is up, a new one or the old one: the server is told again. */
  sessionUp(): void {
    if (!this.shownSignal.peek()) return;
    this.told = null;
    this.deps.openMedia();
    void this.tell();
  }

  /** The server shows this session nothing any more. */
  sessionLost(): void {
    this.told = null;
    this.slotsSignal.value = [];
  }

  /** The slots are those of a new PeerConnection, which has shown nobody yet. */
  mediaRenewed(): void {
    this.seen.reset();
    this.seen.update(this.slotsSignal.peek().map(({ slot, seat }) => ({ slot, participant: seat })));
    this.media.value += 1;
    void this.tell();
  }

  learn(slots: readonly WallSlot[]): void {
    this.slotsSignal.value = slots;
  }

  close(): void {
    clearTimeout(this.timer);
    this.unwatch();
    this.seen.reset();
  }

  private due(): void {
    this.timer = undefined;
    void this.tell();
  }

  private async tell(): Promise<void> {
    const { wanted } = this;
    if (this.asking || !this.deps.reachable() || !this.deps.slots().length) return;
    if (this.told && same(this.told, wanted)) return;
    this.asking = true;
    this.told = wanted;
    try {
      this.learn((await this.deps.ask(wanted)).slots);
    } catch (error) {
      this.told = null;
      // Nobody answered: it is told again when the session is up again.
      if (error instanceof Refused)
        this.timer ??= setTimeout(() => this.due(), Math.max(1000, error.retryAfter));
      return;
    } finally {
      this.asking = false;
    }
    if (!same(wanted, this.wanted)) void this.tell();
  }

  private picturesNow(): ReadonlyMap<string, MediaStream> {
    void this.media.value; // read, so that new slots make new pictures
    const places = this.deps.slots();
    const cameras = this.deps.cameras.value;
    const pictures = new Map<string, MediaStream>();
    for (const { slot, seat } of this.slotsSignal.value) {
      const picture = places[slot]?.picture;
      if (picture && this.seen.isReady(slot, seat) && cameras.has(seat)) pictures.set(seat, picture);
    }
    return pictures;
  }
}

function stateOf({ state }: PathView): WallState {
  switch (state) {
    case 'none':
    case 'connecting':
    case 'interrupted':
      return 'connecting';
    case 'connected':
      return 'on';
    case 'hopeless':
      return 'failed';
  }
}
