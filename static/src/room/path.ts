import { type ReadonlySignal, signal } from '@preact/signals';
import type { PathState } from '../media/peer';
import { Pulse } from '../media/pulse';
import type { MediaSlot } from '../media/slots';
import { isPassing } from '../protocol/codes';
import { Refused } from '../protocol/failure';
import type { Code, PathProfile } from '../protocol/types';
import type { Hint } from '../signal/platform';
import { arrived, missed, type Search, searchFrom } from './ways';

/** What the path needs of a MediaPeer. */
export interface Peer {
  readonly state: PathState;
  readonly slots: readonly MediaSlot[];
  offer(): Promise<string>;
  accept(answer: string): Promise<void>;
  restartOffer(): Promise<string>;
  /** grows with every packet that comes */
  pulse(): Promise<number>;
  close(): void;
}

/** The way of audio and video, for the person. */
export type PathView =
  | { state: 'none' }
  | { state: 'connecting' }
  | { state: 'connected' }
  | { state: 'interrupted' }
  /** tried all there is; tries go on */
  | { state: 'hopeless' };

/** An offer that the server is to answer on the session that lives. */
export interface Mending {
  offer: string;
  /** a new PeerConnection, not a restart of ICE on the old one */
  rebuild: boolean;
  path: PathProfile;
}

export interface PathDeps<P extends Peer> {
  make(way: PathProfile, changed: (state: PathState) => void): P;
  /** what worked for this seat the last time */
  start(): PathProfile;
  /** there is a relay to try */
  relays(): boolean;
  /** asks the server in every way there is, and gives its first answer; the same offer may be sent again */
  mend(mending: Mending): Promise<string>;
  /** a new PeerConnection stands: what is sent and heard has to be attached to it */
  rebuilt(peer: P): void;
  /** the server would not: a new session, please */
  renew(code: Code): void;
  /** the network may be another one: a connection made now is there when it is needed */
  alarmed(): void;
  /** media is silent: the socket may be, too */
  doubted(): void;
  /** milliseconds, null while unknown */
  roundTrip(): number | null;
  monotonic(): number;
}

/**
 * Where the path stands, from the day's first rung to its last. Every change makes a new value, so that what comes back
 * late from an old one is known by it.
 */
type Step<P> =
  | { at: 'none' }
  /** a new session's hello carries the offer */
  | { at: 'greeting'; peer: P }
  /** a new PeerConnection for the session that lives; its offer is sent until somebody answers */
  | Asking<'rebuilding', P>
  /** answered, and the answer is being taken in: another one to the same offer comes too late */
  | { at: 'accepting'; peer: P }
  /** answered: `connected` is due */
  | { at: 'opening'; peer: P }
  | { at: 'up'; peer: P }
  /** the browser says that it broke; often it heals by itself */
  | { at: 'doubted'; peer: P; since: number }
  /** an ICE restart; its offer is sent until somebody answers */
  | Asking<'restarting', P>
  /** answered: `connected` is due */
  | { at: 'restarted'; peer: P }
  /** lost; the next one is due */
  | { at: 'pausing'; peer: P; since: number }
  /** of no use any more: the hello of another session begins the next one */
  | { at: 'stranded'; peer: P };

type Asking<At, P> = {
  at: At;
  peer: P;
  offer: string | null;
  sent: number;
  sentAt: number;
  /** an ICE restart only: packets come again by the old way, while nobody has answered yet */
  healed: boolean;
};

const listenEvery = 250;
/** Chromium asks a quiet path at least this often, and finds a new NAT binding by it: no restart before. */
const askedWithin = 2500;
/** A path that the browser calls broken, and that carries nothing, is not coming back by itself. */
const brokenFor = 1200;
/** After a word of the platform, or the socket's end, less silence will do. */
const alarmedFor = 300;
const alarm = 4000;
/** Times at which an alarmed path is looked at besides. */
const looks = [60, 120, 180, 240, 370, 430, 490, 550] as const;
/** For so long after its last packet Chromium sends by a card that is gone, if that one cost less than the others. */
const clinging = 3500;
const benefitOfDoubt = 1000;
const flowing = 500;
const firstConnect = 8000;
const pauses = [1000, 3000, 8000, 15_000, 30_000] as const;
const again = [700, 1200, 2000, 2500] as const;
/** For how long an offer that has been sent may still be answered. */
const answerable = 5000;
const listening: ReadonlySet<string> = new Set(['up', 'doubted', 'restarting', 'restarted']);
/** Two hints of one event are one. */
const hurried = 300;

/**
 * MediaPath keeps media alive under a session, rung by rung: an ICE restart when the path is silent, then a new
 * PeerConnection (see mend() for when that comes first), then another way (see PathProfile). It needs no socket, asks
 * over whatever answers first, begins at once when the platform says that something has changed, and never gives up.
 */
export class MediaPath<P extends Peer> {
  private readonly deps: PathDeps<P>;
  private readonly viewSignal = signal<PathView>({ state: 'none' });
  private readonly waySignal = signal<PathProfile>('normal');
  private step: Step<P> = { at: 'none' };
  private search: Search | null = null;
  private readonly pulse = new Pulse();
  private alarmedAt = Number.NEGATIVE_INFINITY;
  private distrustedAt = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private listener: ReturnType<typeof setInterval> | undefined;

  constructor(deps: PathDeps<P>) {
    this.deps = deps;
  }

  get view(): ReadonlySignal<PathView> {
    return this.viewSignal;
  }

  /** How media goes, or is tried, just now. */
  get way(): ReadonlySignal<PathProfile> {
    return this.waySignal;
  }

  get peer(): P | null {
    return this.step.at === 'none' ? null : this.step.peer;
  }

  /** A new PeerConnection for a new session, and its one offer. */
  async begin(): Promise<string> {
    const peer = this.make();
    this.become({ at: 'greeting', peer });
    return peer.offer();
  }

  /** The answer to what begin() gave. */
  async accept(answer: string): Promise<void> {
    const { step } = this;
    if (step.at !== 'greeting') return;
    await step.peer.accept(answer);
    if (step === this.step) this.open(step.peer);
  }

  /** For a session that began without one: there is to be a PeerConnection from now on. */
  demand(): void {
    if (this.step.at === 'none') void this.rebuild();
  }

  /** The session can be asked again, or the platform knows something: no waiting now. */
  check(hint: Hint | 'socket'): void {
    const { step } = this;
    const now = this.deps.monotonic();
    const changed = hint === 'online' || hint === 'network';
    if (hint !== 'visible') this.alarm();
    switch (step.at) {
      case 'none':
      case 'greeting':
      case 'accepting':
      case 'stranded':
        break;
      case 'rebuilding':
      case 'restarting':
        // What was gathered on the old network leads nowhere.
        if (step.healed) void this.listen();
        else if (changed && step.at === 'restarting') this.mend(step.peer);
        else if (changed && step.sentAt > 0) void this.rebuild();
        else if (now - step.sentAt > hurried) void this.send(step);
        break;
      case 'opening':
      case 'up':
      case 'doubted':
      case 'restarted':
        if (step.peer.state === 'closed') this.miss(step.peer);
        else void this.listen();
        break;
      case 'pausing':
        if (now - step.since > hurried) void this.rebuild();
        break;
    }
  }

  /** A socket is open: what nobody has answered yet is asked over it at once, right behind the resume. */
  reached(): void {
    const { step } = this;
    if ((step.at === 'rebuilding' || step.at === 'restarting') && !step.healed) void this.send(step);
  }

  /** The socket broke by itself: the way under it may have. */
  alarm(): void {
    const now = this.deps.monotonic();
    const first = now - this.alarmedAt > hurried;
    this.alarmedAt = now;
    const { step } = this;
    if (step.at !== 'up' && step.at !== 'doubted') return;
    if (first) this.deps.alarmed();
    for (const delay of looks)
      setTimeout(() => {
        if (step === this.step) void this.listen();
      }, delay);
  }

  /** The path calls itself connected and carries nothing. */
  distrust(): void {
    if (this.step.at !== 'up') return;
    const now = this.deps.monotonic();
    const twice = now - this.distrustedAt < 60_000;
    this.distrustedAt = now;
    if (twice) this.miss(this.step.peer);
    else this.mend(this.step.peer);
  }

  close(): void {
    const { peer } = this;
    this.become({ at: 'none' });
    peer?.close();
  }

  private make(): P {
    this.peer?.close();
    this.search ??= searchFrom(this.deps.start());
    const { way } = this.search;
    this.waySignal.value = way;
    const peer: P = this.deps.make(way, (state) => this.changed(peer, state));
    this.pulse.reset();
    return peer;
  }

  private become(step: Step<P>): void {
    clearTimeout(this.timer);
    this.step = step;
    if (!listening.has(step.at)) {
      clearInterval(this.listener);
      this.listener = undefined;
    } else this.listener ??= setInterval(() => void this.listen(), listenEvery);
    this.show();
  }

  private show(): void {
    const state = this.stateOf(this.step);
    if (state !== this.viewSignal.peek().state) this.viewSignal.value = { state };
  }

  private stateOf(step: Step<P>): PathView['state'] {
    if (step.at === 'none') return 'none';
    if (step.at === 'up' || (step.at === 'restarting' && step.healed)) return 'connected';
    if ((this.search?.rounds ?? 0) > 0) return 'hopeless';
    return this.search?.met ? 'interrupted' : 'connecting';
  }

  private later(delay: number, then: () => void): void {
    const { step } = this;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (step === this.step) then();
    }, delay);
  }

  private open(peer: P): void {
    this.become({ at: 'opening', peer });
    if (peer.state === 'connected') this.arrive(peer);
    else if (peer.state === 'failed') this.miss(peer);
    else this.later(firstConnect, () => this.miss(peer));
  }

  private arrive(peer: P): void {
    if (this.search) this.search = arrived(this.search);
    this.become({ at: 'up', peer });
  }

  private changed(peer: P, state: PathState): void {
    const { step } = this;
    if (step.at === 'none' || peer !== step.peer) return;
    switch (state) {
      case 'connected':
        if (step.at === 'opening' || step.at === 'doubted' || step.at === 'restarted') this.arrive(peer);
        else if (step.at === 'restarting') void this.listen();
        break;
      case 'interrupted':
        if (step.at === 'up') this.doubt(peer);
        break;
      case 'failed':
        if (step.at === 'up' || step.at === 'doubted') this.mend(peer);
        else if (step.at === 'opening' || step.at === 'restarted') this.miss(peer);
        break;
      case 'closed':
        this.miss(peer);
        break;
      case 'connecting':
        break;
    }
  }

  private doubt(peer: P): void {
    this.become({ at: 'doubted', peer, since: this.deps.monotonic() });
    this.deps.doubted();
    void this.listen();
  }

  /** Looks whether anything comes, and acts on silence. Where packets still flow ICE is left alone: a restart would break them. */
  private async listen(): Promise<void> {
    const { step } = this;
    if (step.at === 'none') return;
    const count = await step.peer.pulse().catch(() => null);
    if (step !== this.step || count === null) return;
    const now = this.deps.monotonic();
    const beats = this.pulse.beat(now, count);
    const quiet = this.pulse.quiet(now);
    const alarmed = now - this.alarmedAt < alarm && quiet > alarmedFor;
    switch (step.at) {
      case 'up': {
        const unasked = askedWithin + 2 * (this.deps.roundTrip() ?? 250);
        if (this.pulse.lively && (alarmed || quiet > unasked)) this.mend(step.peer);
        break;
      }
      case 'doubted':
        if (alarmed || quiet > brokenFor || (now - step.since >= benefitOfDoubt && quiet > flowing))
          this.mend(step.peer);
        break;
      case 'restarting':
        if (beats && step.peer.state === 'connected') this.heal(step, true);
        else if (quiet > brokenFor) this.heal(step, false);
        break;
      case 'restarted':
        if (beats && step.peer.state === 'connected') this.arrive(step.peer);
        break;
      default:
        break;
    }
  }

  /**
   * The old way carries again, so nobody is asked to break it any more. What was asked before may be answered all the
   * same, and then counts.
   */
  private heal(step: Step<P> & { at: 'restarting' }, healed: boolean): void {
    if (step.healed === healed) return;
    step.healed = healed;
    this.show();
    if (!healed) void this.send(step);
  }

  /**
   * The first rung. A restart of ICE is quicker by the handshake of DTLS, but leaves the old pairs of addresses where they
   * are, and where the card was changed a browser clings to the old one: what is sent is lost, although packets come. A
   * new PeerConnection has no old pairs. So it is the first rung where an alarm says that the card may be another.
   */
  private mend(peer: P): void {
    const now = this.deps.monotonic();
    if (now - this.alarmedAt < alarm && now - this.pulse.heardAt < clinging) void this.rebuild();
    else void this.restart(peer);
  }

  private async restart(peer: P): Promise<void> {
    const step: Asking<'restarting', P> = {
      at: 'restarting',
      peer,
      offer: null,
      sent: 0,
      sentAt: 0,
      healed: false,
    };
    this.become(step);
    this.deps.doubted();
    await this.ask(step, () => peer.restartOffer());
  }

  private async rebuild(): Promise<void> {
    const peer = this.make();
    const step: Asking<'rebuilding', P> = {
      at: 'rebuilding',
      peer,
      offer: null,
      sent: 0,
      sentAt: 0,
      healed: false,
    };
    this.become(step);
    await this.ask(step, () => peer.offer());
  }

  private async ask(
    step: Asking<'restarting' | 'rebuilding', P>,
    offer: () => Promise<string>,
  ): Promise<void> {
    try {
      step.offer = await offer();
    } catch {
      if (step === this.step) this.miss(step.peer);
      return;
    }
    if (step === this.step) await this.send(step as Step<P> & { at: 'restarting' | 'rebuilding' });
  }

  private async send(step: Step<P> & { at: 'restarting' | 'rebuilding' }): Promise<void> {
    const { offer, peer } = step;
    if (offer === null) return;
    const pause = again[Math.min(step.sent, again.length - 1)] ?? 0;
    step.sent += 1;
    step.sentAt = this.deps.monotonic();
    // Not when this try fails, but in any case: on a dead way a try hangs for seconds.
    this.later(pause + 4 * (this.deps.roundTrip() ?? 0), () => void this.sendAgain(step));
    const rebuild = step.at === 'rebuilding';
    const path = this.waySignal.peek();
    let answer: string;
    try {
      answer = await this.deps.mend({ offer, rebuild, path });
    } catch (error) {
      if (step === this.step && error instanceof Refused) this.refused(step, error);
      return;
    }
    if (step !== this.step) return;
    await this.take(peer, answer, rebuild);
  }

  private async take(peer: P, answer: string, rebuild: boolean): Promise<void> {
    const step: Step<P> = { at: 'accepting', peer };
    this.become(step);
    try {
      await peer.accept(answer);
    } catch {
      if (step === this.step) this.miss(peer);
      return;
    }
    if (step !== this.step) return;
    if (rebuild) {
      this.open(peer);
      this.deps.rebuilt(peer);
      return;
    }
    // The old way may have brought packets until a moment ago; only new ones count.
    this.pulse.beat(this.deps.monotonic(), await peer.pulse().catch(() => 0));
    if (step !== this.step) return;
    this.become({ at: 'restarted', peer });
    this.later(Math.max(4000, 8 * (this.deps.roundTrip() ?? 0)), () => {
      if (peer.state === 'connected') this.arrive(peer);
      else this.miss(peer);
    });
  }

  /** Nobody has answered: the same offer goes out again, unless the path has healed meanwhile. */
  private async sendAgain(step: Step<P> & { at: 'restarting' | 'rebuilding' }): Promise<void> {
    if (!step.healed) return this.send(step);
    const left = step.sentAt + answerable + 4 * (this.deps.roundTrip() ?? 0) - this.deps.monotonic();
    if (left > 0) return this.later(left, () => void this.sendAgain(step));
    // The offer is not rolled back: Chromium would gather once more for the old credentials, and fall silent meanwhile.
    this.arrive(step.peer);
  }

  private refused(step: Step<P> & { at: 'restarting' | 'rebuilding' }, error: Refused): void {
    if (error.action === 'rejoin' || error.code === 'session_unknown') this.strand(step.peer, error.code);
    else if (isPassing(error.code) && step.sent < 4)
      this.later(Math.max(error.retryAfter, 500), () => void this.send(step));
    // The server no longer has this PeerConnection, or will not have it.
    else if (step.at === 'restarting') this.miss(step.peer);
    else this.strand(step.peer, 'internal');
  }

  private strand(peer: P, code: Code): void {
    this.become({ at: 'stranded', peer });
    this.deps.renew(code);
  }

  /** This PeerConnection is lost. A new one follows at once; when a whole round of ways was in vain, after a pause. */
  private miss(peer: P): void {
    if (this.step.at === 'none' || peer !== this.step.peer) return;
    const before = this.search ?? searchFrom(this.deps.start());
    this.search = missed(before, this.deps.relays());
    const { rounds } = this.search;
    const pause = rounds > before.rounds ? (pauses[Math.min(rounds, pauses.length) - 1] ?? 0) : 0;
    this.become({ at: 'pausing', peer, since: this.deps.monotonic() });
    this.later(pause, () => void this.rebuild());
  }
}
