import { type ReadonlySignal, signal } from '@preact/signals';
import type { PathState } from '../media/peer';
import type { MediaSlot } from '../media/slots';
import { Refused } from '../protocol/failure';

/** What the path needs of a MediaPeer. */
export interface Peer {
  readonly state: PathState;
  readonly slots: readonly MediaSlot[];
  offer(): Promise<string>;
  accept(answer: string): Promise<void>;
  restartOffer(): Promise<string>;
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

export interface PathDeps<P extends Peer> {
  make(changed: (state: PathState) => void): P;
  /** asks the server to take an offer made by an ICE restart */
  restart(offer: string): Promise<string>;
  /** true while the server can be asked */
  reachable(): boolean;
  /** asks the server to take a new PeerConnection in place of the old one */
  rebuild(offer: string): Promise<string>;
  /** a new PeerConnection stands: what is sent and heard has to be attached to it */
  rebuilt(peer: P): void;
  /** the server would not: a new session, please */
  renew(): void;
  /** milliseconds, null while unknown */
  roundTrip(): number | null;
}

/** "disconnected" often heals by itself within a second. */
const benefitOfDoubt = 1000;
const firstConnect = 10_000;
const pauses = [0, 2000, 5000, 10_000, 20_000, 30_000] as const;

/**
 * MediaPath keeps media alive under a session: it restarts ICE when the path
 * breaks while the server answers, and takes a new PeerConnection when that does
 * not help. It never gives up.
 */
export class MediaPath<P extends Peer> {
  private readonly deps: PathDeps<P>;
  private readonly viewSignal = signal<PathView>({ state: 'none' });
  private current: P | null = null;
  /** the server knows the present PeerConnection */
  private answered = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private busy = false;
  /** PeerConnections in a row that never connected or did not come back */
  private failures = 0;

  constructor(deps: PathDeps<P>) {
    this.deps = deps;
  }

  get view(): ReadonlySignal<PathView> {
    return this.viewSignal;
  }

  get peer(): P | null {
    return this.current;
  }

  /** A new PeerConnection for a new session, and its one offer. */
  async begin(): Promise<string> {
    this.drop();
    const peer = this.deps.make((state) => this.changed(peer, state));
    this.current = peer;
    this.viewSignal.value = { state: this.failures > 1 ? 'hopeless' : 'connecting' };
    return peer.offer();
  }

  async accept(answer: string): Promise<void> {
    const peer = this.current;
    if (!peer) return;
    await peer.accept(answer);
    if (peer !== this.current) return;
    this.answered = true;
    if (peer.state !== 'connected') this.later(firstConnect, () => this.surrender(peer));
  }

  /** For a session that began without one: there is to be a PeerConnection from now on. */
  open(): void {
    if (!this.current) void this.rebuild(null);
  }

  /** The server can be asked again, or the network is said to be new: look after the path. */
  check(): void {
    const peer = this.current;
    if (!peer || this.busy || !this.deps.reachable()) return;
    if (!this.answered) void this.rebuild(peer);
    else if (peer.state === 'interrupted' || peer.state === 'failed') void this.restart(peer);
  }

  /** The path calls itself connected and carries nothing. */
  distrust(): void {
    if (this.current) void this.restart(this.current);
  }

  close(): void {
    this.drop();
    this.viewSignal.value = { state: 'none' };
  }

  private drop(): void {
    clearTimeout(this.timer);
    this.busy = false;
    this.answered = false;
    const peer = this.current;
    this.current = null;
    peer?.close();
  }

  private changed(peer: P, state: PathState): void {
    if (peer !== this.current) return;
    switch (state) {
      case 'connected':
        clearTimeout(this.timer);
        this.failures = 0;
        this.viewSignal.value = { state: 'connected' };
        break;
      case 'interrupted':
        this.interrupted();
        if (!this.busy) this.later(benefitOfDoubt, () => void this.restart(peer));
        break;
      case 'failed':
        this.interrupted();
        void this.restart(peer);
        break;
      case 'connecting':
      case 'closed':
        break;
    }
  }

  private interrupted(): void {
    if (this.viewSignal.value.state === 'connected') this.viewSignal.value = { state: 'interrupted' };
  }

  private later(delay: number, then: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(then, delay);
  }

  /** One try at a time; while the server is away the socket's return calls check(). */
  private async exclusively(peer: P, work: () => Promise<void>): Promise<void> {
    if (peer !== this.current || this.busy || !this.deps.reachable()) return;
    this.busy = true;
    clearTimeout(this.timer);
    try {
      await work();
    } finally {
      // close() and begin() have given the flag to the next PeerConnection.
      if (peer === this.current) this.busy = false;
    }
  }

  private restart(peer: P): Promise<void> {
    return this.exclusively(peer, async () => {
      try {
        const answer = await this.deps.restart(await peer.restartOffer());
        if (peer !== this.current) return;
        await peer.accept(answer);
      } catch {
        // Lost with its socket, or refused: the old credentials are gone either
        // way, so only a new PeerConnection helps.
        this.later(0, () => this.surrender(peer));
        return;
      }
      const patience = Math.max(4000, 8 * (this.deps.roundTrip() ?? 0));
      this.later(patience, () => {
        if (peer.state !== 'connected') this.surrender(peer);
      });
    });
  }

  /** This PeerConnection is lost. The first time a new one follows at once, then ever more slowly. */
  private surrender(peer: P): void {
    if (peer !== this.current) return;
    const pause = pauses[Math.min(this.failures, pauses.length - 1)] ?? 0;
    this.failures += 1;
    if (this.failures > 1) this.viewSignal.value = { state: 'hopeless' };
    else this.interrupted();
    this.answered = false;
    this.later(pause, () => void this.rebuild(peer));
  }

  private async rebuild(old: P | null): Promise<void> {
    if (old !== this.current || this.busy || !this.deps.reachable()) return;
    const offering = this.begin();
    const peer = this.current;
    if (!peer) return;
    this.busy = true;
    try {
      const offer = await offering;
      const answer = await this.deps.rebuild(offer);
      if (peer !== this.current) return;
      await this.accept(answer);
      if (peer === this.current) this.deps.rebuilt(peer);
    } catch (error) {
      if (peer === this.current && error instanceof Refused) this.deps.renew();
      // Otherwise the socket is gone; its return calls check().
    } finally {
      if (peer === this.current) this.busy = false;
    }
  }
}
