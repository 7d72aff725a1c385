/** What a coordinator may ask of the record: who was there, how it went, and who of the staff did what. */
import type { Attendance, AuditLog, ConsultationReport, ReportSheet } from '../../protocol/types';
import { type CallerDeps, createCaller } from '../../signal/caller';

/** What a report is about; an empty field is everything. */
export interface Extract {
  day: string; // YYYY-MM-DD at the center
  firm: string; // id
  country: string; // ISO 3166-1 alpha-2
}

/** What of the audit log is shown; an empty field is everything. */
export interface AuditFilter {
  by: string;
  action: string;
  consultation: string;
  day: string;
}

export interface RecordDesk {
  attendance(): Promise<Attendance>;
  report(consultation: string): Promise<ConsultationReport>;
  /** newest first; `before` is AuditLog.next of the page before */
  audit(filter: AuditFilter, before?: string): Promise<AuditLog>;
  auditFile(filter: AuditFilter): Promise<Blob>;
  sheetFile(sheet: ReportSheet, extract: Extract, language: string): Promise<Blob>;
  workbook(extract: Extract, language: string): Promise<Blob>;
  /** all that a funder or an auditor needs, in one file */
  pack(language: string): Promise<Blob>;
}

export function createRecordDesk(deps: CallerDeps & { event: string }): RecordDesk {
  const { json, blob } = createCaller(deps, `/events/${encodeURIComponent(deps.event)}`);
  return {
    attendance: () => json('GET', '/attendance?format=json'),
    report: (consultation) => json('GET', `/consultations/${encodeURIComponent(consultation)}/report`),
    audit: (filter, before) =>
      json('GET', `/audit${query({ ...filter, before: before ?? '', limit: '100' })}`),
    auditFile: (filter) => blob('GET', `/audit${query({ ...filter, format: 'csv' })}`),
    sheetFile: (sheet, extract, language) =>
      blob('GET', `/reports/${sheet}${query({ ...extract, language, format: 'csv' })}`),
    workbook: (extract, language) => blob('GET', `/reports.xlsx${query({ ...extract, language })}`),
    pack: (language) => blob('GET', `/pack.zip${query({ language })}`),
  };
}

/** query leaves out what is empty. */
function query(fields: Record<string, string>): string {
  const set = Object.entries(fields).filter(([, value]) => value !== '');
  return set.length > 0 ? `?${new URLSearchParams(set)}` : '';
}
