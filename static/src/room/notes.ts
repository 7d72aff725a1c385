import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { Refused } from '../protocol/failure';
import type { Note, SendNote } from '../protocol/types';
import type { NoteLine, NotesModel } from './model';

export interface NotesDeps {
  now(): number;
  newKey(): string;
  send(note: SendNote): Promise<void>;
  /** until when this tab has read, in milliseconds of the server's clock */
  readUntil: { get(): number; set(at: number): void };
}

/** A note of mine that the server does not tell back: it stays as this page has written it. */
interface Written {
  key: string;
  at: number;
  text: string;
  state: NoteLine['state'];
}

/** Clocks of the page and of the server agree by less than this. */
const slack = 5000;

/**
 * Notes is the thread with the coordinators. Lines of this page stand as written;
 * the server tells them only to another page of the same seat, or once somebody
 * has seen them, and then they are taken for the same by their text and time.
 */
export class Notes implements NotesModel {
  private readonly deps: NotesDeps;
  private readonly written = signal<readonly Written[]>([]);
  private readonly told = signal<readonly Note[]>([]);
  private readonly readAt: ReturnType<typeof signal<number>>;

  readonly list: ReadonlySignal<NoteLine[]>;
  readonly unread: ReadonlySignal<number>;

  constructor(deps: NotesDeps) {
    this.deps = deps;
    const readAt = signal(deps.readUntil.get());
    this.readAt = readAt;
    this.list = computed(() => linesOf(this.written.value, this.told.value));
    this.unread = computed(() => this.list.value.filter((n) => !n.mine && n.at > readAt.value).length);
  }

  send(text: string): void {
    const trimmed = text.trim();
    if (!trimmed) return;
    const note: Written = { key: this.deps.newKey(), at: this.deps.now(), text: trimmed, state: 'sending' };
    this.written.value = [...this.written.value, note];
    void this.tell(note);
  }

  read(): void {
    const last = Math.max(0, ...this.told.value.map(atOf));
    if (last <= (this.readAt.peek() ?? 0)) return;
    this.readAt.value = last;
    this.deps.readUntil.set(last);
  }

  /** What was on its way when the socket broke is said again; its key keeps it one note. */
  sayAgain(): void {
    for (const note of this.written.value) if (note.state === 'sending') void this.tell(note);
  }

  /** Notes as the server tells them: news, or the whole of a seat. */
  learn(notes: readonly Note[]): void {
    if (!notes.length) return;
    const byId = new Map(this.told.value.map((n) => [n.id, n]));
    for (const note of notes) byId.set(note.id, note);
    this.told.value = [...byId.values()].sort((a, b) => atOf(a) - atOf(b));
  }

  /** Others sit here now: nothing of those before remains. */
  clear(): void {
    this.written.value = [];
    this.told.value = [];
  }

  private async tell({ key, text }: Written): Promise<void> {
    const become = (state: NoteLine['state']) => {
      this.written.value = this.written.value.map((n) => (n.key === key ? { ...n, state } : n));
    };
    try {
      await this.deps.send({ key, text });
      become('sent');
    } catch (error) {
      if (!(error instanceof Refused)) return; // said again when the session is up
      if (error.code === 'rate_limited') setTimeout(() => this.again(key), Math.max(1000, error.retryAfter));
      else become('refused');
    }
  }

  private again(key: string): void {
    const note = this.written.value.find((n) => n.key === key);
    if (note?.state === 'sending') void this.tell(note);
  }
}

const atOf = (note: Note): number => Date.parse(note.at);

/** Whoever is no coordinator and yet told to this page sits on its seat. */
export const isMine = (note: Note): boolean => note.from.role !== 'coordinator';

function linesOf(written: readonly Written[], told: readonly Note[]): NoteLine[] {
  const unmatched = new Set(told.filter((n) => isMine(n) && n.kind === 'text'));
  const mine = written.map(({ key, at, text, state }): NoteLine => {
    const same = [...unmatched].find((n) => n.text === text && Math.abs(atOf(n) - at) < slack);
    if (same) unmatched.delete(same);
    return {
      id: key,
      at,
      mine: true,
      name: '',
      text,
      kind: 'text',
      state: same ? 'sent' : state,
      seen: Boolean(same?.seen_by),
    };
  });
  const others = told
    .filter((n) => !isMine(n) || n.kind === 'call' || unmatched.has(n))
    .map(
      (n): NoteLine => ({
        id: n.id,
        at: atOf(n),
        mine: isMine(n),
        name: isMine(n) ? '' : n.from.name,
        text: n.text,
        kind: n.kind,
        state: 'sent',
        seen: Boolean(n.seen_by),
      }),
    );
  return [...mine, ...others].sort((a, b) => a.at - b.at);
}
