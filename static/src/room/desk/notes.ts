/** The coordinators' letters, as threads: whom they are with, and which call waits for an answer. Pure. */
import type { BoothState, Note, Role, Row } from '../../protocol/types';

export type With =
  | { who: 'everybody' }
  | { who: 'consultation'; id: string }
  | { who: 'booth'; name: string }
  | { who: 'person'; role: Role; name: string; consultation: string | null };

export interface Thread {
  /** what an answer's `to` says */
  to: string;
  with: With;
  notes: Note[];
  /** calls that nobody has answered, oldest first */
  open: Note[];
  last: number;
}

export function isOpen(note: Note): boolean {
  return note.kind === 'call' && note.seen_at === undefined;
}

/** withNote replaces the note of its id; a new one goes to the end. */
export function withNote(notes: readonly Note[], note: Note): Note[] {
  const at = notes.findIndex((one) => one.id === note.id);
  return at < 0 ? [...notes, note] : notes.with(at, note);
}

/** threadsOf puts calls first, then what was written last. */
export function threadsOf(
  notes: readonly Note[],
  rows: readonly Row[],
  booths: readonly BoothState[],
): Thread[] {
  const threads = new Map<string, Thread>();
  for (const note of notes) {
    const to = note.to || note.from.reply_to || note.from.seat;
    if (!to) continue;
    const thread = threads.get(to) ?? { to, with: withOf(to, rows, booths), notes: [], open: [], last: 0 };
    threads.set(to, thread);
    thread.notes.push(note);
    if (isOpen(note)) thread.open.push(note);
    thread.last = Math.max(thread.last, Date.parse(note.at));
    // Who wrote says best who that is.
    if (!note.to && thread.with.who === 'person') {
      const consultation = note.from.seat?.split('/')[0] ?? thread.with.consultation;
      thread.with = { who: 'person', role: note.from.role, name: note.from.name, consultation };
    }
  }
  return [...threads.values()].sort(
    (a, b) => Number(b.open.length > 0) - Number(a.open.length > 0) || b.last - a.last,
  );
}

/** withOf tells whom an address reaches, from what the board shows. */
export function withOf(to: string, rows: readonly Row[], booths: readonly BoothState[]): With {
  if (to === '*') return { who: 'everybody' };
  const booth = booths.find((one) => one.reply_to === to);
  if (booth) return { who: 'booth', name: booth.name };
  if (rows.some((row) => row.consultation.id === to)) return { who: 'consultation', id: to };
  const [id, role] = to.split('/');
  const row = rows.find((one) => one.consultation.id === id);
  if (row && (role === 'firm' || role === 'buyer' || role === 'interpreter')) {
    return { who: 'person', role, name: row.consultation[role].name, consultation: row.consultation.id };
  }
  return { who: 'person', role: 'observer', name: '', consultation: row?.consultation.id ?? null };
}
