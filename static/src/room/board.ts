import { type ReadonlySignal, signal } from '@preact/signals';
import type { Board, Change, Row } from '../protocol/types';
import { refusal } from '../signal/link';
import type { BoardModel } from './model';

/** withRow replaces the row of its consultation; a new one takes its place by time. */
export function withRow(rows: readonly Row[], row: Row): Row[] {
  const at = rows.findIndex((r) => r.consultation.id === row.consultation.id);
  if (at >= 0) return rows.with(at, row);
  const starts = Date.parse(row.consultation.starts_at);
  const before = rows.findIndex((r) => Date.parse(r.consultation.starts_at) > starts);
  return rows.toSpliced(before < 0 ? rows.length : before, 0, row);
}

export interface ConsoleDeps {
  event: string;
  token(): string;
  doc: Document;
  fetcher: typeof fetch;
}

/** ConsoleBoard is all consultations of an event as a coordinator sees them. */
export class ConsoleBoard implements BoardModel {
  private readonly deps: ConsoleDeps;
  private readonly rowsSignal = signal<Row[]>([]);

  constructor(deps: ConsoleDeps) {
    this.deps = deps;
  }

  get rows(): ReadonlySignal<Row[]> {
    return this.rowsSignal;
  }

  reset(board: Board): void {
    this.rowsSignal.value = board.rows;
  }

  apply(changes: readonly Change[]): void {
    this.rowsSignal.value = changes.reduce<Row[]>(
      (rows, { row }) => (row ? withRow(rows, row) : rows),
      this.rowsSignal.value,
    );
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
