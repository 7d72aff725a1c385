/** A gap this long is none of a path on which somebody speaks: pictures, voices and reports come far more often. */
const close = 800;
/** A path has to have been lively for this long before its silence says anything. */
const proof = 3000;
/** Hidden pages are read once a second. */
const asleep = 1500;

/**
 * Pulse tells a path that has fallen silent from one on which there is little to say. It is fed with a number that
 * grows with every packet.
 */
export class Pulse {
  private count: number | null = null;
  private readAt = 0;
  private last = 0;
  private heard = 0;
  private livelySince = 0;

  /** The times are milliseconds of a steady clock. True when something has come since the last reading. */
  beat(now: number, count: number): boolean {
    const unread = now - this.readAt;
    this.readAt = now;
    if (this.count === null) {
      this.count = count;
      this.last = now;
      this.heard = now;
      this.livelySince = now;
      return false;
    }
    if (count === this.count) {
      // Nobody has looked, because the machine slept: that was no silence of the path.
      if (unread > asleep) this.last += unread;
      return false;
    }
    this.count = count;
    if (unread <= asleep && now - this.last > close + unread) this.livelySince = now;
    this.last = now;
    this.heard = now;
    return true;
  }

  /** For how long nothing has come, in milliseconds; 0 before the first reading. */
  quiet(now: number): number {
    return this.count === null ? 0 : now - this.last;
  }

  /** When something came for the last time, whether or not anybody has looked since. */
  get heardAt(): number {
    return this.heard;
  }

  /** Until it fell silent, packets came all the time. */
  get lively(): boolean {
    return this.last - this.livelySince >= proof;
  }

  /** Another path: what is known of the former one does not count. */
  reset(): void {
    this.count = null;
    this.last = 0;
    this.heard = 0;
    this.livelySince = 0;
  }
}
