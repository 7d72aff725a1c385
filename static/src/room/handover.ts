import { type ReadonlySignal, signal } from '@preact/signals';
import type { Code } from '../protocol/types';
import type { Handover, HandoverModel } from './model';

export interface HandoverDeps {
  /** this page's link, with its secret */
  link(): string;
  /** the picture of a link, made by the server */
  draw(link: string): Promise<Blob>;
  codeOf(error: unknown): Code | null;
}

/** LinkHandover shows this person's link as a QR code, so that another device goes on with it. */
export class LinkHandover implements HandoverModel {
  private readonly deps: HandoverDeps;
  private readonly state = signal<Handover>({ state: 'closed' });
  private turn = 0;

  constructor(deps: HandoverDeps) {
    this.deps = deps;
  }

  get handover(): ReadonlySignal<Handover> {
    return this.state;
  }

  open(): void {
    const { state } = this.state.peek();
    if (state === 'loading' || state === 'shown') return;
    void this.load();
  }

  close(): void {
    this.turn += 1;
    const now = this.state.peek();
    if (now.state === 'shown') URL.revokeObjectURL(now.picture);
    this.state.value = { state: 'closed' };
  }

  private async load(): Promise<void> {
    this.turn += 1;
    const mine = this.turn;
    this.state.value = { state: 'loading' };
    const url = this.deps.link();
    try {
      const drawing = await this.deps.draw(url);
      if (mine !== this.turn) return;
      this.state.value = { state: 'shown', picture: URL.createObjectURL(drawing), url };
    } catch (error) {
      if (mine === this.turn) this.state.value = { state: 'failed', code: this.deps.codeOf(error) };
    }
  }
}
