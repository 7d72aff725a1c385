/** The audit log as it is read: page by page, newest first, narrowed by who, what, where and when. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { AuditEntry, AuditLog } from '../../protocol/types';
import type { Caller } from '../../signal/caller';
import { type Failure, failureOf } from './load';

/** What of the audit log is shown; an empty field is everything. */
export interface AuditFilter {
  by: string; // account, link or key
  action: string;
  consultation: string;
  day: string; // YYYY-MM-DD
}

export const wholeLog: AuditFilter = { by: '', action: '', consultation: '', day: '' };

export interface AuditSource {
  /** newest first; `before` is AuditLog.next of the page before */
  read(filter: AuditFilter, before?: string): Promise<AuditLog>;
  file(filter: AuditFilter): Promise<Blob>;
}

const pageSize = '100';

export function auditOf({ json, blob }: Caller): AuditSource {
  return {
    read: (filter, before) =>
      json('GET', `/audit${query({ ...filter, before: before ?? '', limit: pageSize })}`),
    file: (filter) => blob('GET', `/audit${query({ ...filter, format: 'csv' })}`),
  };
}

/** query leaves out what is empty. */
export function query(fields: Record<string, string>): string {
  const set = Object.entries(fields).filter(([, value]) => value !== '');
  return set.length > 0 ? `?${new URLSearchParams(set)}` : '';
}

/** How many empty pages are turned by one press: a page may have nothing that is looked for, and still have a next. */
const turns = 5;

export type Reading = 'reading' | 'ready' | { failed: Failure };

/** AuditModel is what a page shows of one log. */
export class AuditModel {
  readonly filter = signal<AuditFilter>(wholeLog);
  readonly entries = signal<readonly AuditEntry[]>([]);
  /** everybody who was met so far, by id, as they are called now */
  readonly people = signal<ReadonlyMap<string, string>>(new Map());
  private readonly reading = signal<Reading>('reading');
  private readonly next = signal<string | null>(null);
  private turn = 0;

  constructor(private readonly source: AuditSource) {}

  get state(): ReadonlySignal<Reading> {
    return this.reading;
  }

  /** there may be older entries */
  get more(): boolean {
    return this.next.value !== null;
  }

  choose(change: Partial<AuditFilter>): Promise<void> {
    this.filter.value = { ...this.filter.value, ...change };
    return this.load();
  }

  load(): Promise<void> {
    return this.read([], undefined);
  }

  async older(): Promise<void> {
    if (this.next.value !== null && this.reading.value !== 'reading')
      await this.read(this.entries.value, this.next.value);
  }

  file(): Promise<Blob> {
    return this.source.file(this.filter.value);
  }

  private async read(kept: readonly AuditEntry[], before: string | undefined): Promise<void> {
    const mine = ++this.turn;
    this.reading.value = 'reading';
    try {
      let at = before;
      for (let turned = 0; turned < turns; turned++) {
        const page = await this.source.read(this.filter.value, at);
        if (mine !== this.turn) return;
        at = page.next;
        if (page.entries.length === 0 && at !== undefined) continue;
        kept = [...kept, ...page.entries];
        break;
      }
      this.entries.value = kept;
      this.next.value = at ?? null;
      this.people.value = new Map([
        ...this.people.value,
        ...kept.filter(({ name }) => name !== '').map(({ by, name }) => [by, name] as const),
      ]);
      this.reading.value = 'ready';
    } catch (cause) {
      if (mine === this.turn) this.reading.value = { failed: failureOf(cause) };
    }
  }
}
