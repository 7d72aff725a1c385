import { effect, type ReadonlySignal, untracked } from '@preact/signals';
import type { Stat } from '../media/diagnose';
import { roomLayout, wallLayout } from '../media/layout';
import { MediaPeer } from '../media/peer';
import { uplinkOf } from '../media/uplink';
import type { Code, IceServer, Restarted, SourceName, VideoCodec } from '../protocol/types';
import type { ServerClock } from '../signal/clock';
import { deflated } from '../signal/deflate';
import { Mender } from '../signal/mend';
import type { Present, Session } from '../signal/session';
import { CameraRest } from './camerarest';
import { patience } from './connection';
import type { Opening } from './opening';
import { MediaPath } from './path';
import type { Publisher } from './publisher';
import { isRelayed } from './ways';

export interface LineDeps {
  win: Window & typeof globalThis;
  opening: Opening;
  session: Session;
  clock: ServerClock;
  publisher: Publisher;
  /** in a room just now, with the camera on */
  showing(): boolean;
  rebuilt(peer: MediaPeer): void;
  /** the session is to be another one, because of this */
  renew(code: Code): void;
}

/** Line is this page's one line of media: its path, its ICE servers, and what is held back while the line is broken or narrow. */
export class Line {
  readonly path: MediaPath<MediaPeer>;
  private readonly camera: CameraRest;
  private readonly opening: Opening;
  private newest: readonly IceServer[] | null = null;
  /** what the server wants sources to be sent in */
  private readonly codecs = new Map<SourceName, VideoCodec>();
  private readonly unwatch: () => void;
  private hushing: ReturnType<typeof setTimeout> | undefined;

  constructor({ win, opening, session, clock, publisher, showing, rebuilt, renew }: LineDeps) {
    const monotonic = () => win.performance.now();
    this.opening = opening;
    const servers = () => this.servers;
    const mender = new Mender({
      identity: () => session.credentials,
      ask: (restart) => session.ask<Restarted>('restart', restart),
      socket: () => session.number,
      fetcher: win.fetch.bind(win),
      deflate: deflated,
      roundTrip: () => clock.roundTrip,
    });
    this.path = new MediaPath<MediaPeer>({
      make: (way, changed) =>
        new MediaPeer({
          layout: opening.known.kind === 'console' ? wallLayout : roomLayout,
          servers,
          relayed: isRelayed(way),
          changed,
        }),
      start: () => opening.known.path || 'normal',
      relays: () => servers().some(({ urls }) => urls.some((url) => url.startsWith('turn'))),
      mend: ({ offer, rebuild, path }) => mender.mend(rebuild ? { offer, rebuild, path } : { offer }),
      rebuilt,
      renew,
      alarmed: () => warm(win),
      doubted: () => session.hint('visible'),
      roundTrip: () => clock.roundTrip,
      monotonic,
    });
    const { path } = this;
    this.camera = new CameraRest({
      open: () => path.view.peek().state === 'connected' && showing(),
      soundOnly: () => path.way.peek() === 'audio',
      uplink: async () => {
        const stats = await this.stats();
        return stats && uplinkOf(stats);
      },
      slow: () => slowest.has(speedOf(win.navigator)),
      rest: (on) => publisher.rest('camera', on),
      monotonic,
    });
    this.unwatch = effect(() => {
      const { state } = path.view.value;
      untracked(() => this.hold(publisher, state !== 'connected' && state !== 'none'));
    });
  }

  /** The own camera rests, because the line up would not carry it beside the voice. */
  get resting(): ReadonlySignal<boolean> {
    return this.camera.resting;
  }

  /** With the newest credentials. */
  get servers(): readonly IceServer[] {
    return this.newest ?? this.opening.known.ice_servers;
  }

  /** The server gave fresh credentials for its relays. */
  learn(servers: readonly IceServer[] | undefined): void {
    if (servers) this.newest = servers;
  }

  /** What the server wants of the pictures that are sent here. */
  present(now: Exclude<Present, { type: 'speakers' }>): void {
    const { peer } = this.path;
    switch (now.type) {
      case 'layers':
        void peer?.watched(now.body.source, now.body.layers);
        break;
      case 'codecs':
        this.codecs.set(now.body.source, now.body.codec);
        void peer?.encode(now.body.source, now.body.codec);
        break;
    }
  }

  /** A new PeerConnection takes the former one's place. */
  encodeAgain(peer: MediaPeer): void {
    for (const [source, codec] of this.codecs) void peer.encode(source, codec);
  }

  entered(): void {
    this.camera.start();
  }

  left(): void {
    this.camera.stop();
  }

  close(): void {
    clearTimeout(this.hushing);
    this.unwatch();
    this.left();
    this.path.close();
  }

  /** null while there is no path to count on */
  private async stats(): Promise<Stat[] | null> {
    const { peer, view } = this.path;
    if (!peer || view.peek().state !== 'connected') return null;
    return [...(await peer.report()).values()] as Stat[];
  }

  /** Who is told that the line is broken sends nothing more; see Publisher.hush. */
  private hold(publisher: Publisher, broken: boolean): void {
    clearTimeout(this.hushing);
    if (broken) this.hushing = setTimeout(() => publisher.hush(true), patience);
    else publisher.hush(false);
  }
}

/**
 * Opens a connection on the network of this moment, which a request for media finds open. Nobody reads the answer. While
 * a system changes its networks tries fail for some milliseconds.
 */
function warm(win: Window & typeof globalThis, more = 8): void {
  win
    .fetch('/healthz', {
      method: 'HEAD',
      cache: 'no-store',
      credentials: 'same-origin',
      signal: AbortSignal.timeout(3000),
    })
    .catch(() => {
      if (more > 0) win.setTimeout(() => warm(win, more - 1), 10);
    });
}

const slowest: ReadonlySet<string> = new Set(['slow-2g', '2g']);

/** As the system guesses; empty where browsers do not tell. */
function speedOf(navigator: Navigator): string {
  return (
    (navigator as Navigator & { connection?: { effectiveType?: string } }).connection?.effectiveType ?? ''
  );
}
