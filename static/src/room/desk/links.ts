import { type ReadonlySignal, signal } from '@preact/signals';
import { Refused } from '../../protocol/failure';
import type { AddLink, DeviceAccess, LinkInfo, Links, MailReport } from '../../protocol/types';
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

/** How often a picture is asked for while the server is busy. */
const patience = 10;

/** LinksModel is every link of the event; its actions put the answer into the list at once. */
export class LinksModel {
  readonly list: Loaded<Links>;
  private readonly desk: EventDesk;
  private readonly mailingSignal = signal<Mailing>({ at: 'idle' });

  private readonly pause: (ms: number) => Promise<void>;
  /** by address: a reissued link has a new one */
  private readonly pictures = new Map<string, Blob>();
  private line: Promise<unknown> = Promise.resolve();

  constructor(desk: EventDesk, pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))) {
    this.desk = desk;
    this.pause = pause;
    this.list = new Loaded(() => desk.links());
  }

  get mailing(): ReadonlySignal<Mailing> {
    return this.mailingSignal;
  }

  devices(id: string): Promise<DeviceAccess> {
    return this.desk.linkDevices(id);
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

  /**
   * A link's picture. Sheets ask for all of them, and the server answers only so many a second: they stand
   * in one line, wait as long as they are told, and whoever has gone (`wanted`) leaves it.
   */
  qr(link: LinkInfo, wanted: () => boolean): Promise<Blob> {
    const { url } = link;
    if (!url) return Promise.reject(new Error('a revoked link has no picture'));
    const had = this.pictures.get(url);
    if (had) return Promise.resolve(had);
    const mine = this.line.then(() => this.draw(url, wanted));
    this.line = mine.catch(() => undefined);
    return mine;
  }

  private async draw(url: string, wanted: () => boolean): Promise<Blob> {
    for (let tries = 1; ; tries++) {
      if (!wanted()) throw new Error('nobody waits for it any more');
      try {
        const picture = await this.desk.qr(url);
        this.pictures.set(url, picture);
        return picture;
      } catch (cause) {
        if (!(cause instanceof Refused) || cause.code !== 'rate_limited' || tries === patience) throw cause;
        await this.pause(cause.retryAfter || 1000);
      }
    }
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
