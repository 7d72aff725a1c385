/** The letters of one room: between coordinators and its people, its booth among them. Pure. */
import type { BoothState, Note, Row } from '../../../protocol/types';
import { at } from '../../meeting';

/** lettersOf are a room's, oldest first; what was written to everybody is everybody's. */
export function lettersOf(row: Row, notes: readonly Note[], booths: readonly BoothState[]): Note[] {
  const { id, booth } = row.consultation;
  const replies = new Set(
    notes
      .filter((note) => note.from.seat?.split('/')[0] === id)
      .map((note) => note.from.reply_to)
      .filter((to) => to !== undefined && to !== ''),
  );
  const own = booths.find(({ name }) => name === booth)?.reply_to;
  const opens = at(row.clock.opens_at);
  return notes
    .filter((note) => {
      const to = note.to || note.from.reply_to || '';
      if (to === id || to.startsWith(`${id}/`) || replies.has(to)) return true;
      if (note.from.seat?.split('/')[0] === id) return true;
      // A booth sees many consultations: what was written before the doors opened was another's.
      return to === own && own !== undefined && at(note.at) >= opens;
    })
    .sort((a, b) => at(a.at) - at(b.at));
}

export interface Reader {
  to: string;
  role: 'firm' | 'buyer' | 'interpreter' | 'all';
  /** BCP 47; empty: several or unknown */
  language: string;
}

/** readersOf are whom one can write to, with the language that they read. The firm sits in the center, so it reads its language. */
export function readersOf(row: Row, center: string): Reader[] {
  const { id, buyer, interpreter } = row.consultation;
  const readers: Reader[] = [
    { to: `${id}/firm`, role: 'firm', language: center },
    { to: `${id}/buyer`, role: 'buyer', language: buyer.language },
  ];
  if (interpreter.name) {
    readers.push({ to: `${id}/interpreter`, role: 'interpreter', language: interpreter.languages[0] ?? '' });
  }
  return [...readers, { to: id, role: 'all', language: '' }];
}
