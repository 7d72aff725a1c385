interface Sample {
  /** round trip in milliseconds */
  roundTrip: number;
  /** server's clock minus ours, in milliseconds */
  offset: number;
}

const kept = 8;

/**
 * ServerClock estimates the server's clock from answered pings. Of the last
 * samples the one with the shortest round trip is believed, because a queue on
 * the way falsifies the middle of a long one. It counts on a monotonic clock: a
 * person who sets the computer's time moves nothing.
 */
export class ServerClock {
  private samples: Sample[] = [];
  private readonly monotonic: () => number;

  constructor(monotonic: () => number) {
    this.monotonic = monotonic;
  }

  /** One answered question: when it was sent, by our clock, and what the server's clock said. */
  sample(sentAt: number, serverTime: number): void {
    if (!Number.isFinite(serverTime)) return;
    const receivedAt = this.monotonic();
    const roundTrip = Math.max(0, receivedAt - sentAt);
    this.samples.push({ roundTrip, offset: serverTime + roundTrip / 2 - receivedAt });
    if (this.samples.length > kept) this.samples.shift();
  }

  /** After a sleep the monotonic clock may have stood still. */
  forget(): void {
    this.samples = this.samples.slice(-1);
  }

  /** milliseconds, null before the first sample */
  get roundTrip(): number | null {
    return this.best()?.roundTrip ?? null;
  }

  /** The server's clock, in milliseconds since the epoch; our own until the server was heard. */
  now(): number {
    const best = this.best();
    return best ? this.monotonic() + best.offset : Date.now();
  }

  private best(): Sample | null {
    let best: Sample | null = null;
    for (const s of this.samples) if (!best || s.roundTrip <= best.roundTrip) best = s;
    return best;
  }
}
