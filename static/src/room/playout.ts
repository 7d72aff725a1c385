import type { Stat } from '../media/diagnose';
import type { MediaSlot } from '../media/slots';

/** What has been counted of one person's picture between two readings. */
export interface Trouble {
  /** packets that were asked for again, or came again */
  repairs: number;
  /** times that the picture stood still */
  freezes: number;
}

/** How long one person's picture and voice are held before they are played, so that what was lost comes in time. */
export interface Hold {
  /** milliseconds; null leaves it to the browser */
  target: number | null;
  /** the last trouble, and the last change */
  troubledAt: number;
  changedAt: number;
}

export const unheld: Hold = { target: null, troubledAt: 0, changedAt: 0 };

/** Repair over half the world takes a round trip of 250 ms, somewhat more to find out, and sometimes a second try. */
const first = 400;
const step = 100;
const most = 700;
/** A change takes a moment to show, and one freeze is one. */
const between = 2000;
const calm = 30_000;
const easing = 10_000;

/**
 * holdOf lengthens the hold while pictures stop for repairs, and shortens it when all is calm. The browser knows the round
 * trip to us alone: when the loss is on the sender's line, the repair takes as long as that line, which only the
 * freezes tell.
 */
export function holdOf(before: Hold, { repairs, freezes }: Trouble, roundTrip: number, now: number): Hold {
  const late = repairs > 0 && freezes > 0;
  const troubledAt = late || repairs > 2 ? now : before.troubledAt;
  if (late && now - before.changedAt >= between) {
    const target = Math.min(
      most,
      before.target === null ? Math.max(first, roundTrip + step) : before.target + step,
    );
    return { target, troubledAt, changedAt: now };
  }
  const eases = before.target !== null && now - troubledAt >= calm && now - before.changedAt >= easing;
  if (!eases) return { ...before, troubledAt };
  const target = (before.target ?? 0) - step;
  return { target: target >= first ? target : null, troubledAt, changedAt: now };
}

/** troublesOf reads what has happened to each video track between two reports. */
export function troublesOf(before: readonly Stat[], now: readonly Stat[]): Map<string, Trouble> {
  const earlier = new Map(before.map((stat) => [stat.id, stat]));
  const troubles = new Map<string, Trouble>();
  for (const stat of now) {
    if (stat.type !== 'inbound-rtp' || stat.kind !== 'video' || !stat.trackIdentifier) continue;
    const old = earlier.get(stat.id);
    if (!old) continue;
    const since = (key: 'nackCount' | 'retransmittedPacketsReceived' | 'freezeCount') =>
      Math.max(0, (stat[key] ?? 0) - (old[key] ?? 0));
    const repairs = Math.max(since('nackCount'), since('retransmittedPacketsReceived'));
    troubles.set(stat.trackIdentifier, { repairs, freezes: since('freezeCount') });
  }
  return troubles;
}

export interface PlayoutDeps {
  slots(): readonly MediaSlot[];
  /** of the present PeerConnection; null while there is none, or it is broken */
  stats(): Promise<readonly Stat[] | null>;
  /** milliseconds, null while unknown */
  roundTrip(): number | null;
  monotonic(): number;
}

const readEvery = 1000;

/** Playout watches how each person's picture runs in a room, and holds picture and voice of each together as long as it takes. */
export class Playout {
  private readonly deps: PlayoutDeps;
  private readonly holds = new Map<string, Hold>();
  private before: readonly Stat[] | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(deps: PlayoutDeps) {
    this.deps = deps;
  }

  start(): void {
    this.timer ??= setInterval(() => void this.read(), readEvery);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.before = null;
    for (const { audio, video } of this.deps.slots()) this.hold(audio, video, null);
    this.holds.clear();
  }

  private async read(): Promise<void> {
    const stats = await this.deps.stats().catch(() => null);
    const { before } = this;
    // A gap in the readings is an interruption: what froze over it says nothing of repairs.
    this.before = stats;
    if (!this.timer || !stats || !before) return;
    const now = this.deps.monotonic();
    const troubles = troublesOf(before, stats);
    for (const { audio, video } of this.deps.slots()) {
      const trouble = video && troubles.get(video.track.id);
      if (!video || !trouble) continue;
      const old = this.holds.get(video.track.id) ?? unheld;
      const hold = holdOf(old, trouble, this.deps.roundTrip() ?? 0, now);
      this.holds.set(video.track.id, hold);
      if (hold.target !== old.target) this.hold(audio, video, hold.target);
    }
  }

  /** Both at once: a browser brings a voice behind its picture only by 80 ms a second. */
  private hold(audio: RTCRtpReceiver | null, video: RTCRtpReceiver | null, target: number | null): void {
    for (const receiver of [audio, video])
      if (receiver && 'jitterBufferTarget' in receiver) receiver.jitterBufferTarget = target;
  }
}
