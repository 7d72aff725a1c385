import { signal } from '@preact/signals';
import type { EditRecord, EditRequest, Extension, Outcome, Timetable } from '../../protocol/types';
import type { EventDesk } from '../desk';
import { Loaded } from './load';
import { Proposal } from './proposal';

/** An edit without the revision: the model names the one that the page shows. */
export type Edit = Omit<EditRequest, 'revision'>;

interface Revised {
  revision: number;
}

export interface FileToImport extends Revised {
  file: Blob;
  name: string;
}

export interface ExtensionWish extends Revised {
  consultation: string;
  minutes: number;
}

const errors = (outcome: Outcome): boolean =>
  outcome.refusal !== undefined || outcome.problems.some((problem) => !problem.warning);

/** TimetableModel is the event's timetable as it is edited: what stands, and each way to change it. */
export class TimetableModel {
  readonly table: Loaded<Timetable>;
  readonly log = signal<EditRecord[]>([]);
  readonly logMore = signal<string | null>(null);
  readonly logFailed = signal(false);
  readonly editing: Proposal<EditRequest, Outcome>;
  readonly importing: Proposal<FileToImport, Outcome>;
  readonly policy: Proposal<EditRequest, Outcome>;
  readonly extending: Proposal<ExtensionWish, Extension>;
  private readonly desk: EventDesk;

  constructor(desk: EventDesk) {
    this.desk = desk;
    this.table = new Loaded(() => desk.timetable());
    const reload = () => this.table.load();
    const applied = (outcome: { applied: boolean }) => outcome.applied;
    const edit = () =>
      new Proposal<EditRequest, Outcome>({
        run: (request, dryRun) => desk.edit(request, dryRun),
        blocked: errors,
        applied,
        reload,
      });
    this.editing = edit();
    this.policy = edit();
    this.importing = new Proposal<FileToImport, Outcome>({
      run: ({ file, name, revision }, dryRun) => desk.importFile(file, name, revision, dryRun),
      blocked: (outcome) => errors(outcome) || outcome.plan.length === 0,
      applied,
      reload,
    });
    this.extending = new Proposal<ExtensionWish, Extension>({
      run: ({ consultation, revision, minutes }, dryRun) =>
        desk.extend(consultation, revision, minutes, dryRun),
      blocked: (extension) => extension.refusal !== undefined,
      applied,
      reload,
    });
  }

  /** the dry run names the revision that is shown, so that nobody applies onto what she has not seen */
  check(edit: Edit): Promise<void> {
    return this.editing.check({ ...edit, revision: this.revision });
  }

  checkPolicy(policy: NonNullable<EditRequest['policy']>): Promise<void> {
    return this.policy.check({ op: 'set_policy', policy, revision: this.revision });
  }

  checkFile(file: Blob, name: string): Promise<void> {
    return this.importing.check({ file, name, revision: this.revision });
  }

  /** The board does not show the timetable, so an extension begins with reading it. */
  async checkExtension(consultation: string, minutes: number): Promise<void> {
    await this.table.load();
    await this.extending.check({ consultation, minutes, revision: this.revision });
  }

  async loadLog(more = false): Promise<void> {
    const before = more ? (this.logMore.peek() ?? undefined) : undefined;
    try {
      const { edits, next } = await this.desk.edits(before);
      this.log.value = more ? [...this.log.peek(), ...edits] : edits;
      this.logMore.value = next ?? null;
      this.logFailed.value = false;
    } catch {
      this.logFailed.value = true;
    }
  }

  private get revision(): number {
    return this.table.value?.revision ?? 0;
  }
}
