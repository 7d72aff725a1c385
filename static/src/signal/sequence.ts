/** What to do with a numbered delta. */
export type Verdict = 'apply' | 'old' | 'gap';

/** Sequence holds the number of the last delta applied: each once, in order, none left out. */
export class Sequence {
  private seq = 0;

  get last(): number {
    return this.seq;
  }

  /** A full state that includes everything up to seq has been taken over. */
  reset(seq: number): void {
    this.seq = seq;
  }

  accept(seq: number): Verdict {
    if (seq <= this.seq) return 'old';
    if (seq !== this.seq + 1) return 'gap';
    this.seq = seq;
    return 'apply';
  }
}
