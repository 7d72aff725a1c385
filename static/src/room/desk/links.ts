import { type ReadonlySignal, signal } from '@preact/signals';
import type { AddLink, LinkInfo, Links, MailReport } from '../../protocol/types';
import type { EventDesk } from '../desk';
import { type Failure, failureOf, Loaded } from './load';

export type Group = 'all' | 'console' | 'booth' | 'firm' | 'buyer' | 'interpreter' | 'other';

export function groupOf(link: LinkInfo): Exclude<Group, 'all'> {
  if (link.kind === 'console' || link.kind === 'booth') return link.kind;
  const { role } = link;
  return role === 'firm' || role === 'buyer' || role === 'interpreter' ? role : 'other';
}

/** linksOf are the links of a group whose name, booth or consultation has the words in it. */
export function linksOf(links: readonly LinkInfo[], group: Group, wanted: string): LinkInfo[] {
  const needle = wanted.trim().toLocaleLowerCase();
  return links.filter(
    (link) =>
      (group === 'all' || groupOf(link) === group) &&
      (needle === '' ||
        [link.name, link.email ?? '', ...link.consultations].some((text) =>
          text.toLocaleLowerCase().includes(needle),
        )),
  );
}

export type Mailing =
  | { at: 'idle' }
  | { at: 'checking' }
  | { at: 'checked'; links: string[]; report: MailReport }
  | { at: 'sending'; links: string[]; report: MailReport }
  | { at: 'sent'; report: MailReport }
  | { at: 'failed'; why: Failure };

/** LinksModel is every link of the event; its actions put the answer into the list at once. */
export class LinksModel {
  readonly list: Loaded<Links>;
  private readonly desk: EventDesk;
  private readonly mailingSignal = signal<Mailing>({ at: 'idle' });

  constructor(desk: EventDesk) {
    this.desk = desk;
    this.list = new Loaded(() => desk.links());
  }

  get mailing(): ReadonlySignal<Mailing> {
    return this.mailingSignal;
  }

  async revoke(id: string): Promise<void> {
    this.put(await this.desk.revoke(id));
  }

  async reissue(id: string): Promise<LinkInfo> {
    const link = await this.desk.reissue(id);
    this.put(link);
    return link;
  }

  async add(link: AddLink): Promise<LinkInfo> {
    const made = await this.desk.addLink(link);
    this.put(made);
    return made;
  }

  qr(link: LinkInfo): Promise<Blob> {
    return link.url ? this.desk.qr(link.url) : Promise.reject(new Error('a revoked link has no picture'));
  }

  file(): Promise<Blob> {
    return this.desk.linksFile();
  }

  async checkMail(links: string[]): Promise<void> {
    this.mailingSignal.value = { at: 'checking' };
    try {
      this.mailingSignal.value = { at: 'checked', links, report: await this.desk.mail(links, true) };
    } catch (cause) {
      this.mailingSignal.value = { at: 'failed', why: failureOf(cause) };
    }
  }

  /** Only the letters that were shown go out: who has joined the list since then waits. */
  async sendMail(): Promise<void> {
    const now = this.mailingSignal.peek();
    if (now.at !== 'checked' || now.report.letters.length === 0) return;
    this.mailingSignal.value = { ...now, at: 'sending' };
    try {
      const shown = now.report.letters.map((letter) => letter.link);
      this.mailingSignal.value = { at: 'sent', report: await this.desk.mail(shown, false) };
      await this.list.load();
    } catch (cause) {
      this.mailingSignal.value = { at: 'failed', why: failureOf(cause) };
    }
  }

  closeMail(): void {
    if (this.mailingSignal.peek().at !== 'sending') this.mailingSignal.value = { at: 'idle' };
  }

  private put(link: LinkInfo): void {
    const now = this.list.value;
    if (!now) return;
    const at = now.links.findIndex((one) => one.id === link.id);
    this.list.set({ ...now, links: at < 0 ? [...now.links, link] : now.links.with(at, link) });
  }
}
