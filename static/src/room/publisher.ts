import { Refused } from '../protocol/failure';
import type { SetSource, SourceName } from '../protocol/types';

/** Where tracks go: the sending half of a MediaPeer. */
export interface Outlet {
  send(source: SourceName, track: MediaStreamTrack | null): Promise<void>;
}

export interface PublisherDeps {
  tell(change: SetSource): Promise<void>;
  /** the server would not take this source */
  refused(source: SourceName): void;
}

/** What the server has been told of a source. Resting: it is on, and the line does not carry it just now. */
type Said = 'off' | 'on' | 'resting';

/**
 * Publisher brings what this person wants to send to the PeerConnection and to
 * the server. Both have to know: Firefox goes on sending one picture a second
 * after replaceTrack(null), and only the server can stop that. Outside a room
 * nothing is sent.
 */
export class Publisher {
  private readonly deps: PublisherDeps;
  private readonly wanted = new Map<SourceName, MediaStreamTrack | null>();
  private readonly resting = new Set<SourceName>();
  private told = new Map<SourceName, Said>();
  private outlet: Outlet | null = null;
  private hushed = false;

  constructor(deps: PublisherDeps) {
    this.deps = deps;
  }

  /** The sources that are on, for `join`. */
  sources(): SourceName[] {
    return [...this.wanted].filter(([, track]) => track !== null).map(([source]) => source);
  }

  /** In a room from now on; `told` is what `join` said. */
  enter(outlet: Outlet, told: readonly SourceName[]): void {
    this.outlet = outlet;
    this.told = new Map(
      [...this.wanted.keys()].map((source) => [source, told.includes(source) ? 'on' : 'off']),
    );
    for (const source of this.wanted.keys()) void this.apply(source);
  }

  /** Out of the room: nothing is sent, whatever is wanted. */
  leave(): void {
    const { outlet } = this;
    this.outlet = null;
    this.told.clear();
    if (outlet)
      for (const source of this.wanted.keys()) void outlet.send(source, null).catch(() => undefined);
  }

  /** After a resume: a message may have been lost with the socket, and saying it twice does no harm. */
  retell(): void {
    if (!this.outlet) return;
    this.told.clear();
    for (const source of this.wanted.keys()) this.tell(source);
  }

  set(source: SourceName, track: MediaStreamTrack | null): void {
    if ((this.wanted.get(source) ?? null) === track) return;
    this.wanted.set(source, track);
    void this.apply(source);
  }

  /** A source that is on is not sent until it is to rest no more; the others are told why. */
  rest(source: SourceName, resting: boolean): void {
    if (this.resting.has(source) === resting) return;
    if (resting) this.resting.add(source);
    else this.resting.delete(source);
    if (this.wanted.has(source)) void this.apply(source);
  }

  /**
   * Who has been told that the others are out of reach is not to be seen or heard: nothing is sent until that is over.
   * The server is told nothing; on and off stay as they were.
   */
  hush(hushed: boolean): void {
    if (this.hushed === hushed) return;
    this.hushed = hushed;
    for (const source of this.wanted.keys()) void this.apply(source);
  }

  private async apply(source: SourceName): Promise<void> {
    const { outlet } = this;
    if (!outlet) return;
    const said = this.said(source);
    if (said !== 'on') this.tell(source); // stops at the server first
    const track = said === 'on' && !this.hushed ? (this.wanted.get(source) ?? null) : null;
    await outlet.send(source, track).catch(() => undefined);
    if (said === 'on' && outlet === this.outlet) this.tell(source);
  }

  private said(source: SourceName): Said {
    if (!this.wanted.get(source)) return 'off';
    return this.resting.has(source) ? 'resting' : 'on';
  }

  /** Says what is wanted now, so that an overtaken change is never told after its successor. */
  private tell(source: SourceName): void {
    const said = this.said(source);
    if (this.told.get(source) === said) return;
    this.told.set(source, said);
    const on = said !== 'off';
    this.deps
      .tell(said === 'resting' ? { source, on, resting: true } : { source, on })
      .catch((error: unknown) => {
        if (error instanceof Refused && on) this.deps.refused(source);
      });
  }
}
