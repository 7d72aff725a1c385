/** Whose data an event has. Pure. */
import type { Timetable } from '../../../protocol/types';

export interface Party {
  id: string;
  name: string;
  role: 'firm' | 'buyer' | 'interpreter';
}

/** partiesOf lists who takes part, by role and name. Who was erased is called by their id, and not offered again. */
export function partiesOf({
  firms,
  buyers,
  interpreters,
}: Pick<Timetable, 'firms' | 'buyers' | 'interpreters'>): Party[] {
  const of = (role: Party['role'], list: readonly { id?: string; name: string }[]): Party[] =>
    list
      .flatMap(({ id, name }) => (id && name !== id ? [{ id, name, role }] : []))
      .sort((a, b) => a.name.localeCompare(b.name));
  return [...of('firm', firms), ...of('buyer', buyers), ...of('interpreter', interpreters)];
}
