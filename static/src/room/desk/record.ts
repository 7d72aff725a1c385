/** What a coordinator may ask of the record: who was there, how it went, and who of the staff did what. */
import type { Attendance, ConsultationReport, ReportSheet } from '../../protocol/types';
import { type CallerDeps, createCaller } from '../../signal/caller';
import { type AuditSource, auditOf, query } from './audit';

/** What a report is about; an empty field is everything. */
export interface Extract {
  day: string; // YYYY-MM-DD at the center
  firm: string; // id
  country: string; // ISO 3166-1 alpha-2
}

export interface RecordDesk {
  attendance(): Promise<Attendance>;
  report(consultation: string): Promise<ConsultationReport>;
  readonly audit: AuditSource;
  sheetFile(sheet: ReportSheet, extract: Extract, language: string): Promise<Blob>;
  workbook(extract: Extract, language: string): Promise<Blob>;
  /** all that a funder or an auditor needs, in one file */
  pack(language: string): Promise<Blob>;
}

export function createRecordDesk(deps: CallerDeps & { event: string }): RecordDesk {
  const caller = createCaller(deps, `/events/${encodeURIComponent(deps.event)}`);
  const { json, blob } = caller;
  return {
    attendance: () => json('GET', '/attendance?format=json'),
    report: (consultation) => json('GET', `/consultations/${encodeURIComponent(consultation)}/report`),
    audit: auditOf(caller),
    sheetFile: (sheet, extract, language) =>
      blob('GET', `/reports/${sheet}${query({ ...extract, language, format: 'csv' })}`),
    workbook: (extract, language) => blob('GET', `/reports.xlsx${query({ ...extract, language })}`),
    pack: (language) => blob('GET', `/pack.zip${query({ language })}`),
  };
}
