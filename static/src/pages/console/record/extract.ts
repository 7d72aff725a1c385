/** Which consultations a list or a file is about. Pure. */
import { dayKey } from '../../../i18n/format';
import type { AttendanceRecord } from '../../../protocol/types';
import { at } from '../../meeting';

export interface Wanted {
  day: string;
  firm: string; // its id; empty: all
  country: string;
}

export const everything: Wanted = { day: '', firm: '', country: '' };

export function recordsOf(
  all: readonly AttendanceRecord[],
  { day, firm, country }: Wanted,
  zone: string,
): AttendanceRecord[] {
  return all.filter(
    (one) =>
      (day === '' || dayKey(at(one.starts_at), zone) === day) &&
      (firm === '' || one.firm_id === firm) &&
      (country === '' || one.country === country),
  );
}

/** What can be chosen from, each once, in the order of time and name. */
export function choicesOf(
  all: readonly AttendanceRecord[],
  zone: string,
): { days: string[]; firms: { id: string; name: string }[]; countries: string[] } {
  const each = (of: (one: AttendanceRecord) => string) => [...new Set(all.map(of).filter(Boolean))].sort();
  return {
    days: each((one) => dayKey(at(one.starts_at), zone)),
    firms: [...new Map(all.map(({ firm_id, firm }) => [firm_id, firm]))]
      .map(([id, name]) => ({ id, name }))
      .sort((a, b) => a.name.localeCompare(b.name)),
    countries: each((one) => one.country),
  };
}

export interface Sum {
  all: number;
  held: number;
  noShow: number;
  open: number;
}

/** sumOf counts how a list of consultations went; what was cancelled is in all alone. */
export function sumOf(records: readonly AttendanceRecord[]): Sum {
  const of = (...verdicts: string[]) => records.filter(({ verdict }) => verdicts.includes(verdict)).length;
  return {
    all: records.length,
    held: of('held', 'short', 'held_by_phone'),
    noShow: of('no_show_buyer', 'no_show_firm', 'no_show_both'),
    open: of('pending'),
  };
}
