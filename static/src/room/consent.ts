import { type ReadonlySignal, signal } from '@preact/signals';
import type { Bootstrap, Code, Consent as Given, Notice } from '../protocol/types';
import type { Consent, ConsentModel } from './model';

export interface ConsentDeps {
  /** tells the server; gives back what it wrote down */
  tell(notice: string): Promise<Given>;
  codeOf(error: unknown): Code | null;
}

/** ConsentAsk is what is recorded about this person, and the yes to it. */
export class ConsentAsk implements ConsentModel {
  private readonly deps: ConsentDeps;
  private readonly state = signal<Consent>({ state: 'not_needed' });
  private sending: Promise<boolean> | null = null;

  constructor(deps: ConsentDeps) {
    this.deps = deps;
  }

  get consent(): ReadonlySignal<Consent> {
    return this.state;
  }

  /** The server said anew who this link is for. */
  learn(bootstrap: Bootstrap): void {
    const before = this.state.peek();
    // A list read before the yes was written down must not ask again.
    if (before.state === 'sending') return;
    const { kind, notice } = bootstrap;
    if (before.state === 'given' && before.notice.name === notice.name) return;
    this.state.value = consentOf(kind, notice);
  }

  give(): Promise<boolean> {
    this.sending ??= this.send().finally(() => {
      this.sending = null;
    });
    return this.sending;
  }

  private async send(): Promise<boolean> {
    const now = this.state.peek();
    if (now.state === 'not_needed' || now.state === 'given') return true;
    const { notice } = now;
    this.state.value = { state: 'sending', notice };
    try {
      const given = await this.deps.tell(notice.name);
      this.state.value = { state: 'given', notice, at: Date.parse(given.at) };
      return true;
    } catch (error) {
      this.state.value = { state: 'failed', notice, code: this.deps.codeOf(error) };
      return false;
    }
  }
}

/** A yes to another notice than today's is no yes. */
export function consentOf(kind: Bootstrap['kind'], notice: Notice): Consent {
  if (kind !== 'person' || !notice.records.length) return { state: 'not_needed' };
  const { consent } = notice;
  if (consent && consent.notice === notice.name)
    return { state: 'given', notice, at: Date.parse(consent.at) };
  return { state: 'asked', notice };
}
