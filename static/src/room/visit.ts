import { effect, signal } from '@preact/signals';
import { Devices, storedChoices } from '../media/devices';
import type { MediaPeer } from '../media/peer';
import { SoundBank } from '../media/sound';
import { abilitiesOf, unsupported } from '../media/support';
import { keepAwake } from '../media/wakelock';
import { unreachable } from '../protocol/codes';
import type {
  Change,
  Code,
  Consultation,
  Hello,
  Joined,
  Resumed,
  SourceName,
  Tiles,
  Welcome,
} from '../protocol/types';
import { ServerClock } from '../signal/clock';
import { linkDoor, tabTokens } from '../signal/link';
import { type Present, Session, type SessionOwner, type SessionState } from '../signal/session';
import { StaffDoor } from '../signal/staff';
import { Around } from './around';
import { Attend } from './attend';
import type { ConsoleBoard } from './board';
import { connectionOf } from './connection';
import { openBoard, watchBoard } from './console';
import { consoleAddress, type Entrance, entranceOf, signInAddress } from './entrance';
import { Guided } from './guided';
import { Line } from './line';
import type { Connection, Place, Visit } from './model';
import { Opening } from './opening';
import type { MediaPath } from './path';
import { Publisher } from './publisher';
import { Room } from './room';
import { SignIn } from './signin';
import { watchPage } from './watching';

/** visit begins what a person does here: it reads the link in the address bar and goes on from there. */
export function visit(win: Window & typeof globalThis): Visit {
  return new PageVisit(win);
}

/** PageVisit joins signalling and media into a Visit, and owns the places a person goes through. */
class PageVisit implements Visit, SessionOwner {
  readonly bootstrap: Visit['bootstrap'];
  readonly place = signal<Place>({ at: 'opening' });
  readonly connection = signal<Connection>({ state: 'connecting' });
  readonly devices: Devices;
  readonly day: Visit['day'];
  readonly gathering: Visit['gathering'];
  readonly notes: Visit['notes'];
  readonly tests: Visit['tests'];
  readonly consent: Visit['consent'];
  readonly timeWarnings: Visit['timeWarnings'];
  readonly kiosk: Visit['kiosk'];
  readonly handover: Visit['handover'];
  readonly doors: Visit['doors'];
  readonly orders: Visit['orders'];

  readonly win: Window & typeof globalThis;
  private readonly clock: ServerClock;
  readonly sound: SoundBank;
  readonly opening: Opening;
  private readonly line: Line;
  readonly path: MediaPath<MediaPeer>;
  private readonly publisher: Publisher;
  private readonly attend: Attend;
  private readonly around: Around;
  private readonly guided: Guided;
  readonly session: Session;
  private readonly sessionAt = signal<SessionState['at']>('idle');
  private readonly stoppers: (() => void)[] = [];
  private entrance: Entrance = { by: 'nothing' };
  private signIn: SignIn | null = null;
  private board: ConsoleBoard | null = null;
  /** whom each receive slot showed last, since the present PeerConnection was made */
  private readonly shown = new Map<number, string>();
  private letSleep: (() => void) | null = null;

  constructor(win: Window & typeof globalThis) {
    this.win = win;
    const monotonic = () => win.performance.now();
    this.clock = new ServerClock(monotonic);
    this.sound = new SoundBank(win.document);
    this.opening = new Opening({
      tokens: tabTokens(() => win.sessionStorage),
      clock: this.clock,
      monotonic,
      opened: () => this.opened(),
      refused: (code) => {
        if (this.signIn) this.askStaff(this.signIn, code);
        else this.place.value = { at: 'stopped', code };
      },
    });
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
    this.publisher = new Publisher({
      tell: (change) => this.session.ask('source', change),
      refused: (source) => {
        if (source === 'screen') this.room()?.stopShare();
      },
    });
    this.line = new Line({
      win,
      opening: this.opening,
      session: this.session,
      clock: this.clock,
      publisher: this.publisher,
      showing: () => this.attend.seated.peek() !== null && this.publisher.sources().includes('camera'),
      rebuilt: (peer) => this.rebuilt(peer),
      renew: (code) => {
        this.attend.sessionRenewed();
        this.session.renew(code);
      },
    });
    this.path = this.line.path;
    this.attend = new Attend({
      bootstrap: () => this.opening.known,
      now: () => this.now(),
      random: Math.random,
      place: () => this.place.value,
      go: (place) => this.go(place),
      session: () => (this.session.state.at === 'up' ? this.session.id : null),
      revive: () => this.session.restart(),
      seatDeserted: ({ id, seat }) => this.around.seatDeserted(id, seat ?? ''),
      join: (join) => this.session.ask<Joined>('join', join),
      tellLeave: () => void this.session.ask('leave', {}).catch(() => undefined),
      sources: () => this.publisher.sources(),
      makeRoom: (consultation, joined, session) => this.makeRoom(consultation, joined, session),
      stillOutside: () => this.around.stillOutside(),
      entered: (sources) => this.entered(sources),
      leftRoom: () => this.leftRoom(),
    });
    this.around = new Around({
      win,
      place: this.place,
      opening: this.opening,
      attend: this.attend,
      devices: this.devices,
      sound: this.sound,
      path: this.path,
      publisher: this.publisher,
      servers: () => this.line.servers,
      sockets: () => this.session.number,
      now: () => this.now(),
      reachable: () => this.session.state.at === 'up',
      ask: (type, body) => this.session.ask(type, body),
    });
    this.guided = new Guided({
      win,
      place: this.place,
      opening: this.opening,
      attend: this.attend,
      devices: this.devices,
      path: this.path,
      sound: this.sound,
      reachable: () => this.session.state.at === 'up',
      ask: (type, body) => this.session.ask(type, body),
    });
    const { around } = this;
    this.bootstrap = this.opening.bootstrap;
    this.day = this.attend.day;
    this.gathering = around.gathering;
    this.notes = around.notes;
    this.tests = around.tests;
    this.consent = around.consent;
    this.timeWarnings = around.timeWarnings;
    this.kiosk = around.kiosk;
    this.handover = around.handover;
    this.doors = around.doors;
    this.orders = this.guided.orders;
    this.begin();
  }

  get signedIn(): boolean {
    return this.signIn !== null;
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
        this.opening.retry();
        break;
      case 'lobby':
        this.session.hint('visible');
        this.attend.press();
        break;
      case 'room':
      case 'console':
        this.session.hint('visible');
        this.path.check('visible');
        break;
      case 'sign_in':
      case 'over':
      case 'stopped':
      case 'unsupported':
        break;
    }
  }

  back(): void {
    this.attend.back();
  }

  choose(consultation: string): void {
    this.attend.choose(consultation);
  }

  close(): void {
    for (const stop of this.stoppers.splice(0)) stop();
    this.opening.stop();
    this.around.close();
    this.guided.close();
    this.board?.close();
    this.session.close((identity) => {
      const body = new Blob([JSON.stringify(identity)], { type: 'application/json' });
      this.win.navigator.sendBeacon('/api/v1/bye', body);
    });
    this.attend.stop();
    this.line.close();
    this.devices.close();
  }

  // What a session needs.

  async greet(): Promise<Hello> {
    const token = await this.opening.token();
    const { kind } = this.opening.known;
    const language = this.win.document.documentElement.lang || this.win.navigator.language;
    const profile = kind === 'console' ? 'wall' : 'room';
    // A console makes no PeerConnection before somebody looks at the wall or listens.
    if (this.board && !this.board.wall.wants && !this.path.peer) return { token, profile, language };
    const offer = await this.path.begin();
    return { token, profile, offer, path: this.path.way.peek(), language };
  }

  async welcomed(welcome: Welcome): Promise<void> {
    this.line.learn(welcome.ice_servers);
    if (!welcome.answer) return;
    await this.path.accept(welcome.answer);
    this.shown.clear();
    this.sound.attach(this.path.peer?.slots ?? []);
    if (this.room() || this.board) this.sound.play();
    this.board?.mediaRenewed();
  }

  resumed(resumed: Resumed, replayed: boolean): void {
    this.line.learn(resumed.ice_servers);
    if (resumed.board) this.board?.reset(resumed.board);
    if (!replayed) this.attend.resynced(resumed.state ?? null);
    this.around.resumed(resumed, replayed);
  }

  changed(changes: Change[]): void {
    this.board?.apply(changes);
    const session = this.session.id;
    this.attend.changed(changes);
    this.around.changed(changes, session);
    this.guided.changed(changes);
  }

  present(now: Present): void {
    if (now.type === 'speakers') this.room()?.hear(now.body.speakers);
    else this.line.present(now);
  }

  lost(code: Code): void {
    if (code === 'token_unknown') this.opening.distrustToken();
    this.attend.sessionLost();
    this.around.sessionLost();
    this.board?.sessionLost();
    this.publisher.leave();
  }

  resuming(): void {
    this.path.reached();
  }

  stateChanged(state: SessionState): void {
    this.sessionAt.value = state.at;
    if (state.at !== 'up') this.board?.sessionDown();
    switch (state.at) {
      case 'up':
        if (this.board) void this.watch(this.board);
        else {
          this.attend.sessionUp();
          this.around.sessionUp();
        }
        this.path.check('socket');
        this.publisher.retell();
        this.room()?.sessionUp();
        break;
      case 'stopped':
        this.stopped(state.code);
        break;
      case 'waiting':
        this.path.alarm();
        break;
      case 'idle':
      case 'opening':
        break;
      default:
        unreachable(state);
    }
  }

  // The way in.

  private begin(): void {
    this.win.addEventListener('hashchange', () => this.hashChanged());
    const why = unsupported(abilitiesOf(this.win));
    const entrance = entranceOf(this.win.location);
    this.entrance = entrance;
    if (why) this.place.value = { at: 'unsupported', reason: why };
    else if (entrance.by === 'link') this.opening.open(linkDoor(entrance.link));
    else if (entrance.by === 'staff') this.beginStaff(entrance);
    else this.place.value = { at: 'stopped', code: 'link_unknown' };
  }

  private beginStaff({ event, problem }: Extract<Entrance, { by: 'staff' }>): void {
    const door = new StaffDoor(this.win.fetch.bind(this.win));
    this.signIn = new SignIn({
      door,
      monotonic: () => this.win.performance.now(),
      wished: () => event,
      problem: () => problem,
      enter: (chosen) => {
        this.win.history.replaceState(null, '', consoleAddress(chosen));
        this.opening.open(door.event(chosen));
      },
    });
    this.stoppers.push(() => this.signIn?.stop());
    this.place.value = { at: 'sign_in', signIn: this.signIn };
    this.signIn.start();
  }

  private askStaff(signIn: SignIn, code: Code): void {
    signIn.again(code);
    this.place.value = { at: 'sign_in', signIn };
  }

  /** Another link pasted into the address bar is another visit, though browsers load nothing for a new fragment. */
  private hashChanged(): void {
    const now = entranceOf(this.win.location);
    const same =
      now.by === 'link' && this.entrance.by === 'link'
        ? now.link.secret === this.entrance.link.secret
        : now.by === this.entrance.by;
    if (!same) this.win.location.reload();
  }

  private opened(): void {
    this.watchPage();
    if (this.opening.known.kind === 'console') {
      this.board = openBoard(this);
      this.place.value = { at: 'console', board: this.board };
    } else {
      this.attend.start();
      this.around.start();
    }
    this.session.start();
  }

  private watchPage(): void {
    const { win, session, path, publisher, devices, sound } = this;
    this.stoppers.push(
      watchPage({
        win,
        session,
        path,
        publisher,
        devices,
        sound,
        microphone: this.guided.gain.outgoing,
        leaving: () => this.close(),
      }),
      effect(() => {
        const { at } = this.place.value;
        this.connection.value = connectionOf(
          this.connection.peek(),
          this.sessionAt.value,
          // The wall tells of its own path; the board needs none.
          at === 'console' ? 'none' : path.view.value.state,
          at !== 'room' ? 'elsewhere' : this.attend.seated.value !== null ? 'seated' : 'returning',
          this.now(),
        );
      }),
    );
  }

  private go(place: Place): void {
    this.place.value = place;
    if (place.at !== 'over') return;
    // Nobody is looked at or listened to any more, so the camera's lamp goes out. A booth sees its next buyer at once.
    if (this.opening.known.kind !== 'booth') this.devices.rest();
    this.sound.silence();
  }

  private entered(sources: readonly SourceName[]): void {
    const { peer } = this.path;
    if (peer) this.publisher.enter(peer, sources);
    this.line.entered();
    this.sound.play();
    this.letSleep ??= keepAwake(this.win);
  }

  private leftRoom(): void {
    this.publisher.leave();
    this.line.left();
    this.letSleep?.();
    this.letSleep = null;
  }

  /** Same session and room on a new PeerConnection. */
  private rebuilt(peer: MediaPeer): void {
    this.shown.clear();
    this.line.encodeAgain(peer);
    this.sound.attach(peer.slots);
    this.sound.play();
    this.room()?.mediaRenewed();
    this.around.mediaRenewed();
    this.board?.mediaRenewed();
    if (this.attend.seated.value !== null) this.publisher.enter(peer, this.publisher.sources());
  }

  private async watch(board: ConsoleBoard): Promise<void> {
    await watchBoard(board, this.session);
    if (this.session.state.at === 'up') board.sessionUp();
  }

  private makeRoom(consultation: Consultation, joined: Joined, session: string): Room {
    this.around.enters();
    const deps = {
      consultation,
      media: this.win.navigator.mediaDevices,
      publisher: this.publisher,
      preview: this.devices.preview,
      soundBlocked: this.sound.blocked,
      resting: this.line.resting,
      newKey: () => this.win.crypto.randomUUID(),
      monotonic: () => this.win.performance.now(),
      slots: () => this.path.peer?.slots ?? [],
      shown: this.shown,
      say: (message: { key: string; text: string }) => this.session.ask<void>('chat', message),
      tiles: (tiles: Tiles) => this.session.ask<void>('tiles', tiles),
      density: () => this.win.devicePixelRatio,
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

  private stopped(code: Code): void {
    this.path.close();
    if (this.attend.dismissed(code)) return;
    this.attend.stop();
    this.around.close();
    this.guided.close();
    this.board?.close();
    this.devices.close();
    if (this.signIn && (code === 'sign_in_needed' || code === 'link_revoked'))
      this.win.location.assign(signInAddress(this.opening.known.event.id, 'sign_in_needed'));
    else this.place.value = { at: 'stopped', code };
  }
}
