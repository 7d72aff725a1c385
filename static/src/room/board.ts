import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import type {
  Board,
  BoothState,
  Change,
  Crosstalk,
  Note,
  Row,
  SendNote,
  StaffHere,
  Steer,
  Storage,
  Vitals,
} from '../protocol/types';
import { refusal } from '../signal/link';
import { createEventDesk, type EventDesk } from './desk';
import { createOfficeDesk, type OfficeDesk } from './desk/office';
import { createRecordDesk, type RecordDesk } from './desk/record';
import type { Hand } from './help';
import type { BoardModel } from './model';
import { Wheel } from './steer';
import type { RoomsWall } from './wall';

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
  steer(steer: Steer): Promise<void>;
  /** this coordinator, as in StaffHere */
  me: string;
  /** the two that need media; they read the board themselves */
  media(board: ConsoleBoard): { wall: RoomsWall; help: Hand };
}

/** A board shows what is happening; who wants to know more of last week looks elsewhere. */
const notesKept = 500;

/** ConsoleBoard is all consultations of an event as a coordinator sees them. */
export class ConsoleBoard implements BoardModel {
  private readonly deps: ConsoleDeps;
  private readonly rowsSignal = signal<Row[]>([]);
  private readonly boothsSignal = signal<BoothState[]>([]);
  private readonly notesSignal = signal<Note[]>([]);
  private readonly staffSignal = signal<StaffHere[]>([]);
  private readonly storageSignal = signal<Storage>({
    waiting: 0,
    affected: 0,
    disk_full: false,
    trial: false,
  });
  private readonly crosstalkSignal = signal<Crosstalk[]>([]);
  private readonly vitalsSignal = signal<ReadonlyMap<string, Vitals[]>>(new Map());
  readonly desk: EventDesk;
  readonly record: RecordDesk;
  readonly office: OfficeDesk;
  readonly wall: RoomsWall;
  readonly help: Hand;
  readonly steer: Wheel;
  /** seats whose camera is on */
  readonly cameras: ReadonlySignal<ReadonlySet<string>>;

  constructor(deps: ConsoleDeps) {
    this.deps = deps;
    const desk = createEventDesk(deps);
    this.desk = desk;
    this.record = createRecordDesk(deps);
    this.office = createOfficeDesk(deps);
    this.cameras = computed(() => camerasOf(this.rowsSignal.value));
    this.steer = new Wheel({ newKey: deps.newKey, steer: deps.steer, desk });
    const { wall, help } = deps.media(this);
    this.wall = wall;
    this.help = help;
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

  get staff(): ReadonlySignal<StaffHere[]> {
    return this.staffSignal;
  }
  get storage(): ReadonlySignal<Storage> {
    return this.storageSignal;
  }
  get crosstalk(): ReadonlySignal<Crosstalk[]> {
    return this.crosstalkSignal;
  }
  get vitals(): ReadonlySignal<ReadonlyMap<string, Vitals[]>> {
    return this.vitalsSignal;
  }

  reset(board: Board): void {
    batch(() => {
      this.rowsSignal.value = board.rows;
      this.boothsSignal.value = board.booths;
      this.notesSignal.value = board.notes;
      this.storageSignal.value = board.storage;
      this.crosstalkSignal.value = board.crosstalk;
      this.vitalsSignal.value = new Map(board.rows.map((row) => [row.consultation.id, row.vitals]));
      this.learnStaff(board.staff);
    });
  }

  apply(changes: readonly Change[]): void {
    batch(() => {
      this.applyRows(changes);
      for (const change of changes) {
        const { booth, note, staff, storage, crosstalk, wall, report } = change;
        if (booth) this.boothsSignal.value = withById(this.boothsSignal.value, booth);
        if (note) this.notesSignal.value = withById(this.notesSignal.value, note).slice(-notesKept);
        if (staff) this.learnStaff(staff);
        if (storage) this.storageSignal.value = storage;
        if (crosstalk) this.crosstalkSignal.value = crosstalk;
        if (wall) this.wall.learn(wall);
        if (report) this.steer.reported(report);
      }
    });
  }

  sessionUp(): void {
    this.wall.sessionUp();
    this.help.sessionUp();
  }

  /** The socket is gone, the session may come back. */
  sessionDown(): void {
    this.help.sessionDown();
  }

  sessionLost(): void {
    this.wall.sessionLost();
    this.help.sessionLost();
  }

  mediaRenewed(): void {
    this.wall.mediaRenewed();
    this.help.mediaRenewed();
  }

  close(): void {
    this.help.close();
    this.wall.close();
    this.steer.close();
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

  /** Vitals come every second or so and have a signal of their own: rows keep still for them. */
  private applyRows(changes: readonly Change[]): void {
    let rows = this.rowsSignal.value;
    let vitals: Map<string, Vitals[]> | null = null;
    for (const { row, vitals: told } of changes) {
      if (row) rows = withRow(rows, row);
      if (row) vitals = (vitals ?? new Map(this.vitalsSignal.value)).set(row.consultation.id, row.vitals);
      if (told) vitals = (vitals ?? new Map(this.vitalsSignal.value)).set(told.consultation, told.vitals);
    }
    this.rowsSignal.value = rows;
    if (vitals) this.vitalsSignal.value = vitals;
  }

  private learnStaff(staff: StaffHere[]): void {
    this.staffSignal.value = staff;
    this.help.told(staff.find(({ id }) => id === this.deps.me)?.helps);
  }
}

function camerasOf(rows: readonly Row[]): ReadonlySet<string> {
  const on = new Set<string>();
  for (const { seats } of rows) for (const s of seats) if (s.sources.includes('camera')) on.add(s.seat);
  return on;
}
