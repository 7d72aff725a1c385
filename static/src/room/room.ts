import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from '@preact/signals';
import { countSlot, Watchdog } from '../media/flow';
import { holdSlots } from '../media/hold';
import { captureScreen, type Screen, stopScreen } from '../media/screen';
import type { MediaSlot } from '../media/slots';
import { Refused } from '../protocol/failure';
import type {
  Auxiliary,
  Change,
  ChatMessage,
  Clock,
  Consultation,
  Helper,
  Joined,
  Participant,
  Say,
  Tiles,
} from '../protocol/types';
import type { RoomModel, Tile } from './model';
import { type Emitted, Pictures } from './pictures';
import type { Publisher } from './publisher';
import { type Shown, TileSizes } from './sizes';
import { applyChange, type RoomTruth, truthOf } from './snapshot';
import type { Expected } from './teller';
import { placeTiles, rememberOrder } from './tiles';

export interface RoomDeps {
  consultation: Consultation;
  media: MediaDevices;
  publisher: Publisher;
  preview: ReadonlySignal<MediaStream | null>;
  soundBlocked: ReadonlySignal<boolean>;
  resting: ReadonlySignal<boolean>;
  newKey(): string;
  monotonic(): number;
  slots(): readonly MediaSlot[];
  /** whom each slot showed last, in this room or one before */
  shown: Map<number, string>;
  say(message: Say): Promise<void>;
  tiles(tiles: Tiles): Promise<void>;
  /** pixels of the screen in one of the page */
  density(): number;
  allowSound(): void;
  /** the path says that it works */
  connected(): boolean;
  /** it does not: nobody who should be is heard or seen */
  distrust(): void;
  leave(): void;
}

const watchEvery = 2000;
const maxDistrust = 2;

/** Room is one consultation as its page sees it, from the first entry to the last, over any number of sessions. */
export class Room implements RoomModel {
  private readonly deps: RoomDeps;
  /** grows when the slots are those of another PeerConnection */
  private readonly media = signal(0);
  private readonly truth: Signal<RoomTruth>;
  private readonly meSignal: Signal<string>;
  private readonly order = signal<readonly string[]>([]);
  private readonly unreadSignal = signal(0);
  private readonly sharingSignal = signal(false);
  private readonly speakersSignal = signal<ReadonlySet<string>>(new Set());
  private readonly sizes: TileSizes;
  private readonly pictures: Pictures;
  private readonly unsaid = new Map<string, string>();
  private screen: Screen | null = null;
  private screenSeen = false;
  private readonly watchdog = new Watchdog();
  private distrusted = 0;
  private readonly watchTimer: ReturnType<typeof setInterval>;
  private readonly unwatchSlots: () => void;

  readonly clock: ReadonlySignal<Clock>;
  readonly participants: ReadonlySignal<Participant[]>;
  readonly tiles: ReadonlySignal<Tile[]>;
  readonly helpers: ReadonlySignal<Helper[]>;
  readonly auxiliaries: ReadonlySignal<Auxiliary[]>;
  readonly chat: ReadonlySignal<ChatMessage[]>;
  readonly warning: ReadonlySignal<number | null>;

  constructor(deps: RoomDeps, joined: Joined, me: string) {
    this.deps = deps;
    const truth = signal(truthOf(joined));
    this.truth = truth;
    this.meSignal = signal(me);
    this.pictures = new Pictures({ emitted: (slot) => this.emittedOf(slot), shown: deps.shown });
    this.sizes = new TileSizes({ tell: (tiles) => deps.tiles(tiles), density: () => deps.density() });
    this.clock = computed(() => truth.value.clock);
    this.participants = computed(() => [...truth.value.participants]);
    this.helpers = computed(() => [...truth.value.helpers]);
    this.auxiliaries = computed(() => [...truth.value.auxiliaries]);
    this.chat = computed(() => [...truth.value.chat]);
    this.warning = computed(() => truth.value.warning);
    this.tiles = computed(() => this.makeTiles());
    this.unwatchSlots = effect(() => {
      const { slots } = truth.value;
      // What update() reads, it writes: tracked, it would call itself for ever.
      untracked(() => this.pictures.update(slots));
      holdSlots(deps.slots(), slots);
    });
    this.watchTimer = setInterval(() => void this.watch(), watchEvery);
    this.learn(truth.value);
    this.unreadSignal.value = this.countFromOthers(truth.value.chat);
  }

  get consultation(): Consultation {
    return this.deps.consultation;
  }
  get me(): string {
    return this.meSignal.value;
  }
  get unread(): ReadonlySignal<number> {
    return this.unreadSignal;
  }
  get soundBlocked(): ReadonlySignal<boolean> {
    return this.deps.soundBlocked;
  }
  get sharing(): ReadonlySignal<boolean> {
    return this.sharingSignal;
  }

  get speakers(): ReadonlySignal<ReadonlySet<string>> {
    return this.speakersSignal;
  }

  get resting(): ReadonlySignal<boolean> {
    return this.deps.resting;
  }

  /** Who should be seen and heard just now. */
  get expected(): Expected {
    const { participants, slots } = this.truth.peek();
    return { participants, slots };
  }

  /** The whole truth anew: after a rejoin, or a resume that came too late for a replay. */
  reset(joined: Joined, me: string): void {
    if (me !== this.meSignal.value) this.mediaRenewed();
    const known = new Set(this.truth.value.chat.map((m) => m.id));
    this.meSignal.value = me;
    this.learn(truthOf(joined));
    this.unreadSignal.value += this.countFromOthers(this.truth.value.chat.filter((m) => !known.has(m.id)));
    this.screenSeen = false;
    this.hear([]); // whoever speaks is told anew
    this.sessionUp();
  }

  /** The slots are those of a new PeerConnection, which has shown nobody yet. */
  mediaRenewed(): void {
    this.pictures.reset();
    this.pictures.update(this.truth.value.slots);
    holdSlots(this.deps.slots(), this.truth.value.slots);
    this.media.value += 1;
  }

  apply(changes: readonly Change[]): void {
    let truth = this.truth.value;
    for (const change of changes) {
      truth = applyChange(truth, change);
      if (change.chat) this.unreadSignal.value += this.countFromOthers([change.chat]);
    }
    this.learn(truth);
    this.yieldScreen();
  }

  say(text: string): void {
    const trimmed = text.trim();
    if (!trimmed) return;
    const key = this.deps.newKey();
    this.unsaid.set(key, trimmed);
    void this.send(key, trimmed);
  }

  /** These speak just now. */
  hear(speakers: readonly string[]): void {
    this.speakersSignal.value = new Set(speakers);
  }

  show(shown: readonly Shown[]): void {
    this.sizes.set(shown);
  }

  /** What the session was told before may be lost. */
  sessionUp(): void {
    this.sayAgain();
    this.sizes.retell();
  }

  /** What was on its way when the socket broke is said again; its key keeps it one message. */
  private sayAgain(): void {
    for (const [key, text] of this.unsaid) void this.send(key, text);
  }

  readChat(): void {
    this.unreadSignal.value = 0;
  }

  async toggleShare(): Promise<void> {
    if (this.screen) {
      this.stopShare();
      return;
    }
    const screen = await captureScreen(this.deps.media);
    if (!screen) return;
    screen.picture.onended = () => this.stopShare();
    this.screen = screen;
    this.screenSeen = false;
    this.sharingSignal.value = true;
    this.deps.publisher.set('screen', screen.picture);
    this.deps.publisher.set('screen_audio', screen.sound);
  }

  stopShare(): void {
    if (!this.screen) return;
    stopScreen(this.screen);
    this.screen = null;
    this.sharingSignal.value = false;
    this.deps.publisher.set('screen', null);
    this.deps.publisher.set('screen_audio', null);
  }

  allowSound(): void {
    this.deps.allowSound();
  }

  leave(): void {
    this.deps.leave();
  }

  /** The page has left the room. */
  dispose(): void {
    clearInterval(this.watchTimer);
    this.unwatchSlots();
    this.sizes.stop();
    this.pictures.leave();
    this.stopShare();
  }

  private learn(truth: RoomTruth): void {
    this.order.value = rememberOrder(
      this.order.value,
      truth.participants.filter((p) => p.id !== this.meSignal.value),
    );
    this.truth.value = truth;
  }

  private countFromOthers(messages: readonly ChatMessage[]): number {
    const seat = this.deps.consultation.seat;
    return messages.filter((m) => m.seat !== seat).length;
  }

  private async send(key: string, text: string): Promise<void> {
    try {
      await this.deps.say({ key, text });
      this.unsaid.delete(key);
    } catch (error) {
      if (error instanceof Refused && error.code !== 'rate_limited') this.unsaid.delete(key);
    }
  }

  /** The stage is one: who begins to share takes it, and the one before stops. */
  private yieldScreen(): void {
    if (!this.screen) return;
    const self = this.truth.value.participants.find((p) => p.id === this.meSignal.value);
    const shown = self?.sources.includes('screen') ?? false;
    if (shown) this.screenSeen = true;
    else if (this.screenSeen) this.stopShare();
  }

  private makeTiles(): Tile[] {
    void this.media.value; // read, so that new slots make new tiles
    const { participants, slots, auxiliaries } = this.truth.value;
    const places = placeTiles(this.meSignal.value, participants, slots, this.order.value, auxiliaries);
    return places.map(({ key, kind, participant, slot, paused, closeup = false }) => {
      const microphoneOn = participant.sources.includes('microphone');
      if (kind === 'self') {
        const picture = this.deps.preview.value;
        return {
          key,
          kind,
          slot,
          participant,
          picture,
          pictureOn: picture !== null,
          heldBy: 'nobody',
          microphoneOn,
        };
      }
      const source = kind === 'stage' ? 'screen' : 'camera';
      const picture = slot === null ? null : (this.slot(slot)?.picture ?? null);
      const right = slot !== null && this.pictures.isReady(slot, participant.id);
      const on = participant.sources.includes(source);
      const heldBy = !on
        ? 'nobody'
        : participant.resting.includes(source)
          ? 'them'
          : paused
            ? 'me'
            : 'nobody';
      const pictureOn = picture !== null && right && on && heldBy === 'nobody';
      return { key, kind, slot, participant, closeup, picture, pictureOn, heldBy, microphoneOn };
    });
  }

  private slot(slot: number): MediaSlot | undefined {
    return this.deps.slots()[slot];
  }

  private async emittedOf(slot: number): Promise<Emitted> {
    const place = this.slot(slot);
    return place ? countSlot(place) : { frames: 0 };
  }

  private async watch(): Promise<void> {
    if (!this.deps.connected()) return;
    const { participants, slots } = this.truth.value;
    const flowing = slots.filter(({ kind, participant, paused }) => {
      const person = participants.find((p) => p.id === participant);
      if (!person || person.away || kind !== 'person') return false;
      if (person.sources.includes('microphone')) return true;
      return person.sources.includes('camera') && !person.resting.includes('camera') && !paused;
    });
    const places = flowing.flatMap(({ slot }) => this.slot(slot) ?? []);
    const counts = await Promise.all(places.map(countSlot));
    if (!this.watchdog.read(this.deps.monotonic(), counts) || this.distrusted >= maxDistrust) return;
    this.distrusted += 1;
    this.deps.distrust();
  }
}
