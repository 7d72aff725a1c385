import { type ReadonlySignal, signal } from '@preact/signals';
import type { Board, BoothState, Change, Note, Row, SendNote } from '../protocol/types';
import { refusal } from '../signal/link';
import { createEventDesk, type EventDesk } from './desk';
import type { BoardModel } from './model';

/** withRow replaces the row of its consultation; a new one takes its place by time. */
export function withRow(rows: readonly Row[], row: Row): Row[] {
  const at = rows.findIndex((r) => r.consultation.id === row.consultation.id);
  if (at >= 0) return rows.with(at, row);
  const starts = Date.parse(row.consultation.starts_at);
  const before = rows.findIndex((r) => Date.parse(r.consultation.starts_at) > starts);
  return rows.toSpliced(before < 0 ? rows.length : before, 0, row);
}

/** withById puts one in the place of the one with its id; a new one comes last. */
export function withById<T extends { id: string }>(all: readonly T[], one: T): T[] {
  const at = all.findIndex(({ id }) => id === one.id);
  return at >= 0 ? all.with(at, one) : [...all, one];
}

export interface ConsoleDeps {
  event: string;
  token(): string;
  doc: Document;
  fetcher: typeof fetch;
  newKey(): string;
  note(note: SendNote): Promise<void>;
  seen(note: string): Promise<void>;
}

/** A board shows what is happening; who wants to know more of last week looks elsewhere. */
const notesKept = 500;

/** ConsoleBoard is all consultations of an event as a coordinator sees them. */
export class ConsoleBoard implements BoardModel {
  private readonly deps: ConsoleDeps;
  private readonly rowsSignal = signal<Row[]>([]);
  private readonly boothsSignal = signal<BoothState[]>([]);
  private readonly notesSignal = signal<Note[]>([]);
  readonly desk: EventDesk;

  constructor(deps: ConsoleDeps) {
    this.deps = deps;
    this.desk = createEventDesk(deps);
  }

  get rows(): ReadonlySignal<Row[]> {
    return this.rowsSignal;
  }

  get booths(): ReadonlySignal<BoothState[]> {
    return this.boothsSignal;
  }
  get notes(): ReadonlySignal<Note[]> {
    return this.notesSignal;
  }

  reset(board: Board): void {
    this.rowsSignal.value = board.rows;
    this.boothsSignal.value = board.booths;
    this.notesSignal.value = board.notes;
  }

  apply(changes: readonly Change[]): void {
    this.rowsSignal.value = changes.reduce<Row[]>(
      (rows, { row }) => (row ? withRow(rows, row) : rows),
      this.rowsSignal.value,
    );
    for (const { booth, note } of changes) {
      if (booth) this.boothsSignal.value = withById(this.boothsSignal.value, booth);
      if (note) this.notesSignal.value = withById(this.notesSignal.value, note).slice(-notesKept);
    }
  }

  write(to: string, text: string): Promise<void> {
    return this.deps.note({ to, key: this.deps.newKey(), text });
  }

  seen(note: string): Promise<void> {
    return this.deps.seen(note);
  }

  async downloadAttendance(): Promise<void> {
    const { event, doc, fetcher, token } = this.deps;
    const response = await fetcher(`/api/v1/events/${encodeURIComponent(event)}/attendance?format=csv`, {
      headers: { Authorization: `Bearer ${token()}`, Accept: 'text/csv' },
      cache: 'no-store',
      credentials: 'omit',
    });
    if (!response.ok) throw refusal(response, await response.json().catch(() => null));
    const url = URL.createObjectURL(await response.blob());
    const anchor = doc.createElement('a');
    anchor.href = url;
    anchor.download = `attendance-${event}.csv`;
    anchor.click();
    // The download has its own hold on the data by the next task.
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}
