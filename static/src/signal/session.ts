import { actionOfClose } from '../protocol/codes';
import { Refused, Unreachable } from '../protocol/failure';
import type {
  Action,
  Board,
  Change,
  ClientType,
  Code,
  Codecs,
  Delta,
  Hello,
  Joined,
  Layers,
  Pong,
  Practising,
  Resume,
  Resumed,
  Speakers,
  Waiting,
  Wall,
  Welcome,
} from '../protocol/types';
import { delayBefore } from './backoff';
import type { ServerClock } from './clock';
import type { Identity } from './mend';
import type { Hint } from './platform';
import type { Message } from './requests';
import { Sequence } from './sequence';
import { Socket, type SocketEnd } from './socket';

/** Where a session stands. There is no state in which it has given up by itself. */
export type SessionState =
  | { at: 'idle' }
  /** a socket is being opened, or hello or resume is on its way */
  | { at: 'opening' }
  | { at: 'up' }
  /** the socket is gone; the next try is due by itself */
  | { at: 'waiting' }
  /** the server said stop, or the page closed it */
  | { at: 'stopped'; code: Code };

export type Present =
  | { type: 'layers'; body: Layers }
  | { type: 'speakers'; body: Speakers }
  | { type: 'codecs'; body: Codecs };

/** What a session needs from the page, which knows media and rooms. */
export interface SessionOwner {
  /** A new session begins: what to say. Called again for each rejoin. */
  greet(): Promise<Hello>;
  /** The new session stands. A throw ends it and tries again. */
  welcomed(welcome: Welcome): Promise<void>;
  /**
   * The old session lives on. `replayed`: what was missed follows as deltas.
   * Otherwise state or board is the whole truth, and with neither the person is
   * in no room.
   */
  resumed(resumed: Resumed, replayed: boolean): void;
  changed(changes: Change[]): void;
  /** What is so just now, without a number; the newest counts. */
  present(now: Present): void;
  stateChanged(state: SessionState): void;
  /** A resume is on its way by an open socket, which takes a restart behind it. */
  resuming(): void;
  /** Called before a rejoin, with the reason. */
  lost(code: Code): void;
}

export interface SessionDeps {
  url: string;
  clock: ServerClock;
  monotonic: () => number;
  random: () => number;
  owner: SessionOwner;
}

const requestTimeout = 8000;
const pingEvery = 2500;
const pingTimeout = 5000;
/** After a hint that the network changed, a silent socket is not trusted as long. */
const suspiciousTimeout = 2000;
const hangingAfter = 1500;
const openTimeout = 8000;
const resumeTimeout = 4000;

/**
 * Session is the signalling life of this page: it survives sockets by resuming,
 * and when the server has forgotten it, begins anew by itself. It knows nothing
 * of media.
 */
export class Session {
  private readonly deps: SessionDeps;
  private readonly sequence = new Sequence();
  private current: SessionState = { at: 'idle' };
  private identity: Identity | null = null;
  private socket: Socket | null = null;
  private attempt = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private pingTimer: ReturnType<typeof setInterval> | undefined;
  /** counts tries, so that a late result of an old one is told from the present one */
  private generation = 0;
  /** resume has been said, and not yet been answered */
  private saidResume = false;
  private openingSince = 0;

  constructor(deps: SessionDeps) {
    this.deps = deps;
  }

  get state(): SessionState {
    return this.current;
  }

  /** Counts tries to open a socket. */
  get number(): number {
    return this.generation;
  }

  /** The right to this session, for what is asked beside the socket. */
  get credentials(): Identity | null {
    return this.identity;
  }

  get id(): string | null {
    return this.identity?.session ?? null;
  }

  start(): void {
    if (this.current.at === 'idle') void this.connect();
  }

  /** After the server said stop, the person wants back in. */
  restart(): void {
    if (this.current.at !== 'stopped') return;
    this.attempt = 0;
    void this.connect();
  }

  /**
   * Asks over the present socket; fails as unreachable when there is none. A restart need not wait until the resume is
   * answered, which is a round trip: the server takes messages in their order.
   */
  ask<T>(type: ClientType, body: unknown): Promise<T> {
    const open = this.current.at === 'up' || (this.saidResume && type === 'restart');
    if (!this.socket || !open) return Promise.reject(new Unreachable('no socket'));
    return this.socket.ask<T>(type, body, requestTimeout);
  }

  /** The platform knows something: try at once, or find out whether the socket still lives. */
  hint(hint: Hint): void {
    if (hint === 'woken' || hint === 'restored') this.deps.clock.forget();
    // A try that hangs on the old network would take its full timeout.
    const hanging = this.current.at === 'opening' && this.deps.monotonic() - this.openingSince > hangingAfter;
    if (this.current.at === 'waiting' || hanging) {
      this.attempt = 0;
      void this.connect();
    } else if (this.current.at === 'up') void this.ping(suspiciousTimeout);
  }

  /** Gives this session up and begins a new one: media found no way, or this client got lost. */
  renew(code: Code): void {
    if (this.current.at === 'stopped' || this.current.at === 'idle') return;
    // A new one is on its way already, by a socket that is better kept: the server told it there, too.
    if (!this.identity) return;
    this.forget(code);
    this.hangUp();
    this.later(0);
  }

  /** The person goes for good. The beacon is for a socket that is down or dies before its last message. */
  close(beacon: (identity: Identity) => void): void {
    const identity = this.identity;
    this.socket?.tell('bye');
    if (identity) beacon(identity);
    clearTimeout(this.retryTimer);
    this.identity = null;
    this.hangUp();
    this.current = { at: 'idle' };
  }

  stop(code: Code): void {
    clearTimeout(this.retryTimer);
    this.identity = null;
    this.hangUp();
    this.become({ at: 'stopped', code });
  }

  private become(state: SessionState): void {
    this.current = state;
    this.deps.owner.stateChanged(state);
  }

  private forget(code: Code): void {
    this.identity = null;
    this.deps.owner.lost(code);
  }

  /** Lets go of the socket; whatever it still brings belongs to nobody. */
  private hangUp(): void {
    this.generation += 1;
    this.saidResume = false;
    clearInterval(this.pingTimer);
    const socket = this.socket;
    this.socket = null;
    socket?.drop();
  }

  private later(atLeast: number): void {
    clearTimeout(this.retryTimer);
    this.become({ at: 'waiting' });
    const delay = delayBefore(this.attempt, this.deps.random(), atLeast);
    this.attempt += 1;
    this.retryTimer = setTimeout(() => void this.connect(), delay);
  }

  private async connect(): Promise<void> {
    clearTimeout(this.retryTimer);
    this.hangUp();
    const mine = this.generation;
    this.openingSince = this.deps.monotonic();
    this.become({ at: 'opening' });
    try {
      const socket = await Socket.open(this.deps.url, this.patience(), {
        received: (message) => mine === this.generation && this.note(message),
        message: (message) => mine === this.generation && this.take(message),
        ended: (end) => mine === this.generation && this.ended(end),
      });
      if (mine !== this.generation) return socket.drop();
      this.socket = socket;
      if (this.identity) await this.resume(socket, this.identity, mine);
      else await this.greet(socket, mine);
      if (mine !== this.generation) return;
      this.attempt = 0;
      this.pingTimer = setInterval(() => void this.ping(pingTimeout), pingEvery);
      void this.ping(pingTimeout);
    } catch (error) {
      if (mine === this.generation) this.failed(error);
    }
  }

  /**
   * On a way that was gone for a while the first packets go out ever more rarely, so a fresh try finds it sooner than
   * a patient one. Every sixth has time all the same: some networks are that slow.
   */
  private patience(): number {
    if (!this.identity || (this.attempt > 0 && this.attempt % 6 === 0)) return openTimeout;
    return Math.min(openTimeout, 2500 + 6 * (this.deps.clock.roundTrip ?? 0));
  }

  private async greet(socket: Socket, mine: number): Promise<void> {
    const hello = await this.deps.owner.greet();
    if (mine !== this.generation) return;
    this.sequence.reset(0);
    const sentAt = this.deps.monotonic();
    const welcome = await socket.ask<Welcome>('hello', hello, requestTimeout);
    if (mine !== this.generation) return;
    this.deps.clock.sample(sentAt, Date.parse(welcome.server_time));
    this.identity = { session: welcome.session, secret: welcome.secret };
    try {
      await this.deps.owner.welcomed(welcome);
    } catch (error) {
      if (mine === this.generation) this.forget('internal');
      throw error;
    }
    if (mine === this.generation) this.become({ at: 'up' });
  }

  private async resume(socket: Socket, identity: Identity, mine: number): Promise<void> {
    const body: Resume = { ...identity, seq: this.sequence.last };
    const sentAt = this.deps.monotonic();
    const patience = resumeTimeout + 4 * (this.deps.clock.roundTrip ?? 0);
    const answer = socket.ask<Resumed>('resume', body, patience);
    this.saidResume = true;
    this.deps.owner.resuming();
    const resumed = await answer;
    if (mine !== this.generation) return;
    this.deps.clock.sample(sentAt, Date.parse(resumed.server_time));
    this.deps.owner.resumed(resumed, resumed.seq === body.seq);
    this.become({ at: 'up' });
  }

  /**
   * Numbers and secrets are taken over as the message arrives, not when a
   * promise gets its turn: the next delta may be right behind.
   */
  private note(message: Message): void {
    switch (message.type) {
      case 'resume': {
        const { secret, seq } = message.body as Resumed;
        if (this.identity) this.identity = { ...this.identity, secret };
        this.sequence.reset(seq);
        break;
      }
      case 'joined':
        this.sequence.reset((message.body as Joined).seq);
        break;
      case 'board':
        this.sequence.reset((message.body as Board).seq);
        break;
      case 'waiting': {
        const { seq } = message.body as Waiting;
        if (seq !== undefined) this.sequence.reset(seq);
        break;
      }
      case 'practice':
        this.sequence.reset((message.body as Practising).seq);
        break;
      case 'wall':
        this.sequence.reset((message.body as Wall).seq);
        break;
    }
  }

  private take(message: Message): void {
    if (message.type === 'layers' || message.type === 'speakers' || message.type === 'codecs')
      this.deps.owner.present(message as Present);
    if (message.type !== 'delta') return;
    const delta = message.body as Delta;
    switch (this.sequence.accept(delta.seq)) {
      case 'apply':
        this.deps.owner.changed(delta.changes);
        break;
      case 'old':
        break;
      case 'gap':
        // Something is missing: the server replays it from the last one applied.
        this.hangUp();
        this.later(0);
        break;
    }
  }

  private async ping(timeout: number): Promise<void> {
    const socket = this.socket;
    if (!socket || this.current.at !== 'up') return;
    const at = this.deps.monotonic();
    try {
      const pong = await socket.ask<Pong>('ping', { at }, timeout + 2 * (this.deps.clock.roundTrip ?? 0));
      this.deps.clock.sample(at, Date.parse(pong.server_time));
    } catch (error) {
      // A refusal is an answer, too: the socket lives.
      if (error instanceof Refused || socket !== this.socket) return;
      this.hangUp();
      this.later(0);
    }
  }

  private ended(end: SocketEnd): void {
    // While hello or resume is on its way, connect() hears of it as a failure;
    // the server's last word says more than "unreachable", so it goes first.
    if (end.error)
      this.obey(
        end.error.code,
        end.error.action ?? actionOfClose(end.closeCode),
        end.error.retry_after_ms ?? 0,
      );
    else this.obey('internal', actionOfClose(end.closeCode), 0);
  }

  private failed(error: unknown): void {
    if (error instanceof Refused) this.obey(error.code, error.action, error.retryAfter);
    else {
      this.hangUp();
      this.later(0);
    }
  }

  private obey(code: Code, action: Action, retryAfter: number): void {
    switch (action) {
      case 'stop':
        this.stop(code);
        return;
      case 'rejoin':
        this.forget(code);
        break;
      case 'resume':
      case '':
        break;
    }
    this.hangUp();
    this.later(retryAfter);
  }
}
