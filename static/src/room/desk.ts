/**
 * What a coordinator may ask of an event, one method a call. It holds no state: the view models in desk/
 * do, and the token is the visit's, asked for anew each time because it may have been renewed.
 */
import type {
  AddLink,
  Contacted,
  ContactRequest,
  DeviceAccess,
  EditLog,
  EditRequest,
  Extension,
  LinkInfo,
  Links,
  MailReport,
  Outcome,
  PaperRequest,
  ReadinessBoard,
  Script,
  Timetable,
  Verdict,
  VerdictRecord,
} from '../protocol/types';
import { type CallerDeps, createCaller } from '../signal/caller';

export interface EventDesk {
  timetable(): Promise<Timetable>;
  edit(edit: EditRequest, dryRun: boolean): Promise<Outcome>;
  importFile(file: Blob, name: string, revision: number, dryRun: boolean): Promise<Outcome>;
  /** newest first; `before` is EditLog.next of the page before */
  edits(before?: string): Promise<EditLog>;
  extend(consultation: string, revision: number, minutes: number, dryRun: boolean): Promise<Extension>;
  /** "pending" takes a verdict back */
  verdict(consultation: string, verdict: Verdict, reason: string): Promise<VerdictRecord>;
  links(): Promise<Links>;
  addLink(link: AddLink): Promise<LinkInfo>;
  revoke(link: string): Promise<LinkInfo>;
  reissue(link: string): Promise<LinkInfo>;
  /** what its encoder and wall screen are set to */
  linkDevices(link: string): Promise<DeviceAccess>;
  linksFile(): Promise<Blob>;
  /** no links named: everybody who was not written to yet */
  mail(links: string[], dryRun: boolean): Promise<MailReport>;
  /** a link of this server as SVG */
  qr(text: string): Promise<Blob>;
  readiness(): Promise<ReadinessBoard>;
}

/** What it may ask of one room that goes on just now. */
export interface RoomsDesk {
  /** all that is needed to find who is missing */
  script(consultation: string): Promise<Script>;
  contact(consultation: string, contact: ContactRequest): Promise<Contacted>;
  care(consultation: string, take: boolean): Promise<void>;
  handOver(to: string): Promise<void>;
  end(consultation: string, reason: string): Promise<void>;
  paper(consultation: string, paper: PaperRequest): Promise<void>;
}

export function createEventDesk(deps: CallerDeps & { event: string }): EventDesk & RoomsDesk {
  const { json, done, blob } = createCaller(deps, `/events/${encodeURIComponent(deps.event)}`);
  const one = encodeURIComponent;
  return {
    timetable: () => json('GET', '/timetable'),
    edit: (edit, dryRun) => json('POST', `/edits?dry_run=${dryRun}`, edit),
    importFile: (file, name, revision, dryRun) =>
      json(
        'POST',
        `/import?${new URLSearchParams({ dry_run: String(dryRun), name, revision: String(revision) })}`,
        file,
      ),
    edits: (before) => json('GET', `/edits?limit=50${before ? `&before=${one(before)}` : ''}`),
    extend: (consultation, revision, minutes, dryRun) =>
      json('POST', `/consultations/${one(consultation)}/extend?dry_run=${dryRun}`, { revision, minutes }),
    verdict: (consultation, verdict, reason) =>
      json('POST', `/consultations/${one(consultation)}/verdict`, reason ? { verdict, reason } : { verdict }),
    links: () => json('GET', '/links'),
    addLink: (link) => json('POST', '/links', link),
    revoke: (link) => json('POST', `/links/${one(link)}/revoke`),
    linkDevices: (link) => json('GET', `/links/${one(link)}/devices`),
    reissue: (link) => json('POST', `/links/${one(link)}/reissue`),
    linksFile: () => blob('GET', '/links.csv'),
    mail: (links, dryRun) => json('POST', `/links/mail?dry_run=${dryRun}`, links.length > 0 ? { links } : {}),
    qr: (text) => createCaller(deps, '').blob('POST', '/qr', { text }),
    readiness: () => json('GET', '/readiness'),
    script: (consultation) => json('GET', `/consultations/${one(consultation)}/script`),
    contact: (consultation, contact) => json('POST', `/consultations/${one(consultation)}/contacts`, contact),
    care: (consultation, take) => done('POST', `/consultations/${one(consultation)}/care`, { take }),
    handOver: (to) => done('POST', '/handover', { to }),
    end: (consultation, reason) => done('POST', `/consultations/${one(consultation)}/end`, { reason }),
    paper: (consultation, paper) => done('POST', `/consultations/${one(consultation)}/papers`, paper),
  };
}
