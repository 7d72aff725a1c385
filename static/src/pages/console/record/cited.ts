/** Which entries of the ledger the printed page rests on. Pure. */
import type { ConsultationReport, ReportEntry } from '../../../protocol/types';

export interface Cited {
  /** those that the page names a fact from, in the order of the ledger */
  named: readonly ReportEntry[];
  /** how many more there are about this consultation */
  more: number;
}

export function citedOf({ record, entries }: Pick<ConsultationReport, 'record' | 'entries'>): Cited {
  const wanted = new Set([
    ...record.evidence.map(({ entry }) => entry),
    ...record.corrections.map(({ entry }) => entry),
    ...record.contacts.map(({ id }) => id),
    ...record.seats.flatMap(({ intervals }) => intervals.map(({ entry }) => entry)),
  ]);
  const named = entries.filter(({ id }) => wanted.has(id));
  return { named, more: entries.length - named.length };
}

/** percent of a share from 0 to 1: two small losses are not both nothing. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0) return '0 %';
  return value < 0.1 ? '< 0.1 %' : `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} %`;
}
