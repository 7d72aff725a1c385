import { effect, signal, untracked } from '@preact/signals';
import { Devices, storedChoices } from '../media/devices';
import { MediaPeer } from '../media/peer';
import { SoundBank } from '../media/sound';
import { abilitiesOf, unsupported } from '../media/support';
import { keepAwake } from '../media/wakelock';
import { isPassing, unreachable } from '../protocol/codes';
import { Refused } from '../protocol/failure';
import type {
  Board,
  Bootstrap,
  Change,
  Code,
  Consultation,
  Hello,
  Joined,
  Restart,
  Restarted,
  Resumed,
  SourceName,
  Welcome,
} from '../protocol/types';
import { delayBefore } from '../signal/backoff';
import { ServerClock } from '../signal/clock';
import { type LinkAddress, openLink, parseLink, type TokenStore, tabTokens } from '../signal/link';
import { watchPlatform } from '../signal/platform';
import { Session, type SessionOwner, type SessionState } from '../signal/session';
import { Attend } from './attend';
import { ConsoleBoard } from './board';
import { connectionOf } from './connection';
import type { Connection, Place, Visit } from './model';
import { MediaPath } from './path';
import { Publisher } from './publisher';
import { Room } from './room';

/** visit begins what a person does here: it reads the link in the address bar and goes on from there. */
export function visit(win: Window & typeof globalThis): Visit {
  return new PageVisit(win);
}

/** PageVisit joins signalling and media into a Visit, and owns the places a person goes through. */
class PageVisit implements Visit, SessionOwner {
  readonly bootstrap = signal<Bootstrap | null>(null);
  readonly place = signal<Place>({ at: 'opening' });
  readonly connection = signal<Connection>({ state: 'connecting' });
  readonly devices: Devices;

  private readonly win: Window & typeof globalThis;
  private readonly clock: ServerClock;
  private readonly sound: SoundBank;
  private readonly tokens: TokenStore;
  private readonly path: MediaPath<MediaPeer>;
  private readonly publisher: Publisher;
  private readonly attend: Attend;
  private readonly session: Session;
  private readonly sessionAt = signal<SessionState['at']>('idle');
  private readonly stoppers: (() => void)[] = [];
  private link: LinkAddress | null = null;
  /** the token is no good any more: the link gives a new one */
  private stale = false;
  private board: ConsoleBoard | null = null;
  private openTimer: ReturnType<typeof setTimeout> | undefined;
  private letSleep: (() => void) | null = null;

  constructor(win: Window & typeof globalThis) {
    this.win = win;
    const monotonic = () => win.performance.now();
    this.clock = new ServerClock(monotonic);
    this.sound = new SoundBank(win.document);
    this.tokens = tabTokens(() => win.sessionStorage);
    this.devices = new Devices({
      media: win.navigator.mediaDevices,
      choices: storedChoices(() => win.localStorage),
      useSpeaker: (deviceId) => this.sound.useSpeaker(deviceId),
    });
    this.session = new Session({
      url: `${win.location.origin.replace(/^http/, 'ws')}/ws`,
      clock: this.clock,
      monotonic,
      random: Math.random,
      owner: this,
    });
    this.path = new MediaPath<MediaPeer>({
      make: (changed) => new MediaPeer(this.bootstrap.value?.ice_servers ?? [], changed),
      restart: (offer) => this.restart({ offer }),
      rebuild: (offer) => this.restart({ offer, rebuild: true }),
      rebuilt: (peer) => this.rebuilt(peer),
      reachable: () => this.session.state.at === 'up',
      renew: () => {
        this.attend.sessionRenewed();
        this.session.renew('internal');
      },
      roundTrip: () => this.clock.roundTrip,
    });
    this.publisher = new Publisher({
      tell: (change) => this.session.ask('source', change),
      refused: (source) => {
        if (source === 'screen') this.room()?.stopShare();
      },
    });
    this.attend = new Attend({
      bootstrap: () => this.known(),
      now: () => this.now(),
      random: Math.random,
      place: () => this.place.value,
      go: (place) => this.go(place),
      session: () => (this.session.state.at === 'up' ? this.session.id : null),
      join: (join) => this.session.ask<Joined>('join', join),
      tellLeave: () => void this.session.ask('leave', {}).catch(() => undefined),
      sources: () => this.publisher.sources(),
      makeRoom: (consultation, joined, session) => this.makeRoom(consultation, joined, session),
      entered: (sources) => this.entered(sources),
      leftRoom: () => this.leftRoom(),
    });
    this.begin();
  }

  now(): number {
    return this.clock.now();
  }

  join(): void {
    this.sound.play();
    this.attend.press();
  }

  move(yes: boolean): void {
    this.sound.play();
    this.attend.moveHere(yes);
  }

  retry(): void {
    this.sound.play();
    switch (this.place.value.at) {
      case 'opening':
        void this.open(0);
        break;
      case 'lobby':
        this.session.hint('visible');
        this.attend.press();
        break;
      case 'room':
      case 'console':
        this.session.hint('visible');
        this.path.check();
        break;
      case 'over':
      case 'stopped':
      case 'unsupported':
    }
  }

  back(): void {
    // After a move the server ended this page's session; going back begins a new one.
    if (this.session.state.at === 'stopped') this.session.restart();
    this.attend.back();
  }

  close(): void {
    for (const stop of this.stoppers.splice(0)) stop();
    clearTimeout(this.openTimer);
    this.session.close((identity) => {
      const body = new Blob([JSON.stringify(identity)], { type: 'application/json' });
      this.win.navigator.sendBeacon('/api/v1/bye', body);
    });
    this.attend.stop();
    this.path.close();
    this.devices.close();
  }

  // What a session needs.

  async greet(): Promise<Hello> {
    if (this.stale) await this.reopen();
    const { token, kind } = this.known();
    const language = this.win.document.documentElement.lang || this.win.navigator.language;
    if (kind === 'console') return { token, profile: 'wall', language };
    const offer = await this.path.begin();
    return { token, profile: 'room', offer, language };
  }

  async welcomed(welcome: Welcome): Promise<void> {
    if (!welcome.answer) return;
    await this.path.accept(welcome.answer);
    this.sound.attach(this.path.peer?.slots ?? []);
    if (this.room()) this.sound.play();
  }

  resumed(resumed: Resumed, replayed: boolean): void {
    if (resumed.board) this.board?.reset(resumed.board);
    if (!replayed) this.attend.resynced(resumed.state ?? null);
  }

  changed(changes: Change[]): void {
    this.board?.apply(changes);
    this.attend.changed(changes);
  }

  lost(code: Code): void {
    this.stale ||= code === 'token_unknown';
    this.attend.sessionLost();
    this.publisher.leave();
  }

  stateChanged(state: SessionState): void {
    this.sessionAt.value = state.at;
    switch (state.at) {
      case 'up':
        if (this.board) void this.watchBoard();
        else this.attend.sessionUp();
        this.path.check();
        this.publisher.retell();
        this.room()?.sayAgain();
        break;
      case 'stopped':
        this.stopped(state.code);
        break;
      case 'idle':
      case 'opening':
      case 'waiting':
        break;
      default:
        unreachable(state);
    }
  }

  // The way in.

  private begin(): void {
    this.win.addEventListener('hashchange', () => this.hashChanged());
    const why = unsupported(abilitiesOf(this.win));
    this.link = parseLink(this.win.location.pathname, this.win.location.hash);
    if (why) this.place.value = { at: 'unsupported', reason: why };
    else if (!this.link) this.place.value = { at: 'stopped', code: 'link_unknown' };
    else void this.open(0);
  }

  /** Another link pasted into the address bar is another visit, though browsers load nothing for a new fragment. */
  private hashChanged(): void {
    const { location } = this.win;
    if (parseLink(location.pathname, location.hash)?.secret !== this.link?.secret) location.reload();
  }

  private async open(attempt: number): Promise<void> {
    clearTimeout(this.openTimer);
    try {
      await this.reopen();
    } catch (error) {
      if (error instanceof Refused && !isPassing(error.code)) {
        this.place.value = { at: 'stopped', code: error.code };
        return;
      }
      const atLeast = error instanceof Refused ? error.retryAfter : 0;
      const delay = delayBefore(attempt + 1, Math.random(), atLeast);
      this.openTimer = setTimeout(() => void this.open(attempt + 1), delay);
      return;
    }
    this.opened();
  }

  private async reopen(): Promise<void> {
    if (!this.link) return;
    const sentAt = this.win.performance.now();
    const bootstrap = await openLink(this.link, this.tokens);
    this.clock.sample(sentAt, Date.parse(bootstrap.server_time));
    this.stale = false;
    this.bootstrap.value = bootstrap;
  }

  private opened(): void {
    this.watchPage();
    const { kind, event } = this.known();
    if (kind === 'console') {
      this.board = new ConsoleBoard({
        event: event.id,
        token: () => this.known().token,
        doc: this.win.document,
        fetcher: this.win.fetch.bind(this.win),
      });
      this.place.value = { at: 'console', board: this.board };
    } else this.attend.start();
    this.session.start();
  }

  private watchPage(): void {
    const { win } = this;
    const leaving = (event: PageTransitionEvent) => {
      // A page that the browser keeps for "back" is not gone.
      if (!event.persisted) this.close();
    };
    win.addEventListener('pagehide', leaving);
    this.stoppers.push(
      () => win.removeEventListener('pagehide', leaving),
      watchPlatform(win, (hint) => {
        this.session.hint(hint);
        this.path.check();
      }),
      effect(() => this.publisher.set('microphone', this.devices.outgoing('microphone').value)),
      effect(() => this.publisher.set('camera', this.devices.outgoing('camera').value)),
      // A page that uses a camera or microphone may play sound without a tap: a booth needs none.
      effect(() => {
        const { microphone, camera } = this.devices;
        if (microphone.value.state === 'on' || camera.value.state === 'on')
          untracked(() => this.sound.retry());
      }),
      effect(() => {
        const session = this.sessionAt.value;
        const path = this.path.view.value;
        const inPlace = this.place.value.at !== 'room' || this.attend.seated.value !== null;
        this.connection.value = connectionOf(
          this.connection.peek(),
          session,
          path.state,
          inPlace,
          this.now(),
        );
      }),
    );
  }

  private go(place: Place): void {
    this.place.value = place;
    if (place.at !== 'over') return;
    // Nobody is looked at or listened to any more, so the camera's lamp goes out.
    this.devices.rest();
    this.sound.silence();
  }

  private entered(sources: readonly SourceName[]): void {
    const { peer } = this.path;
    if (peer) this.publisher.enter(peer, sources);
    this.sound.play();
    this.letSleep ??= keepAwake(this.win);
  }

  private leftRoom(): void {
    this.publisher.leave();
    this.letSleep?.();
    this.letSleep = null;
  }

  private async restart(restart: Restart): Promise<string> {
    return (await this.session.ask<Restarted>('restart', restart)).answer;
  }

  /** Same session and room on a new PeerConnection. */
  private rebuilt(peer: MediaPeer): void {
    this.sound.attach(peer.slots);
    this.sound.play();
    this.room()?.mediaRenewed();
    if (this.attend.seated.value !== null) this.publisher.enter(peer, this.publisher.sources());
  }

  private makeRoom(consultation: Consultation, joined: Joined, session: string): Room {
    const deps = {
      consultation,
      media: this.win.navigator.mediaDevices,
      publisher: this.publisher,
      preview: this.devices.preview,
      soundBlocked: this.sound.blocked,
      newKey: () => this.win.crypto.randomUUID(),
      monotonic: () => this.win.performance.now(),
      slots: () => this.path.peer?.slots ?? [],
      say: (message: { key: string; text: string }) => this.session.ask<void>('chat', message),
      allowSound: () => this.sound.play(),
      connected: () => this.path.view.value.state === 'connected',
      distrust: () => this.path.distrust(),
      leave: () => this.attend.leave(),
    };
    return new Room(deps, joined, session);
  }

  private room(): Room | null {
    const place = this.place.value;
    return place.at === 'room' && place.room instanceof Room ? place.room : null;
  }

  private known(): Bootstrap {
    const bootstrap = this.bootstrap.value;
    if (!bootstrap) throw new Error('the link is not open yet');
    return bootstrap;
  }

  private async watchBoard(): Promise<void> {
    try {
      this.board?.reset(await this.session.ask<Board>('watch', {}));
    } catch (error) {
      if (error instanceof Refused) setTimeout(() => this.session.hint('visible'), 2000);
    }
  }

  private stopped(code: Code): void {
    this.path.close();
    if (this.attend.dismissed(code)) return;
    this.attend.stop();
    this.devices.close();
    this.place.value = { at: 'stopped', code };
  }
}
