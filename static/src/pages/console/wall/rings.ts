/** What sounds: calls, and whoever is missing two minutes after the start. Pure. */
import type { Note, Row } from '../../../protocol/types';
import { isOpen } from '../../../room/desk/notes';
import { at } from '../../meeting';

/**
 * ringing names all that wants a sound now; what is new among the names is rung, once. Somebody who is coming gives
 * no sound before they should be here, and one more when they are not.
 */
export function ringing(notes: readonly Note[], rows: readonly Row[], now: number): Set<string> {
  const names = new Set(notes.filter(isOpen).map(({ id }) => `call ${id}`));
  for (const row of rows) {
    if (row.clock.phase === 'ended' || row.clock.phase === 'cancelled') continue;
    for (const { kind, since, expected_at } of row.alerts) {
      if (kind !== 'late' || (expected_at && at(expected_at) > now)) continue;
      names.add(`late ${row.consultation.id} ${since} ${expected_at ?? ''}`);
    }
  }
  return names;
}

export function anyNew(names: ReadonlySet<string>, heard: ReadonlySet<string>): boolean {
  return [...names].some((name) => !heard.has(name));
}
