/** A change of the timetable while it is filled in, and the request that comes of it. Pure. */
import { dayKey } from '../../../i18n/format';
import type { Timetable, TimetableItem } from '../../../protocol/types';
import type { Edit } from '../../../room/desk/timetable';
import { at } from '../../meeting';
import type { Begun } from './edit';

export type Op =
  | 'create'
  | 'reschedule'
  | 'move_booth'
  | 'swap_booths'
  | 'cancel'
  | 'restore'
  | 'set_interpreter'
  | 'replace_buyer'
  | 'add_stand_by';

export interface Draft {
  id: string;
  /** on the center's clock, as an input gives it: 2021-12-06T09:00 */
  start: string;
  end: string;
  booth: string;
  firm: string;
  buyer: string;
  interpreter: string;
  other: string;
  name: string;
  country: string;
  zone: string;
  language: string;
  email: string;
}

export function begin(begun: Begun, table: Timetable, zone: string): Draft {
  const empty: Draft = {
    id: '',
    start: '',
    end: '',
    booth: table.booths[0]?.id ?? '',
    firm: table.firms[0]?.id ?? '',
    buyer: table.buyers[0]?.id ?? '',
    interpreter: '',
    other: '',
    name: '',
    country: '',
    zone: '',
    language: 'en',
    email: '',
  };
  if (begun.op === 'create') {
    return { ...empty, id: nextId(table), start: `${begun.day}T09:00`, end: `${begun.day}T09:40` };
  }
  if (begun.op === 'add_stand_by') return empty;
  const { item } = begun;
  const standBy = table.buyers.find((buyer) => buyer.stand_by);
  return {
    ...empty,
    id: item.id,
    start: onClock(at(item.starts_at), zone),
    end: onClock(at(item.ends_at), zone),
    booth: item.booth,
    firm: item.firm,
    buyer: standBy?.id ?? '',
    interpreter: item.interpreter ?? '',
    other: swappable(table, item)[0]?.id ?? '',
  };
}

/** nextId follows the highest number: S35, S36. */
export function nextId(table: Timetable): string {
  const numbers = table.consultations.map(({ id }) => Number(/^S(\d+)$/.exec(id)?.[1] ?? 0));
  return `S${String(Math.max(0, ...numbers) + 1).padStart(2, '0')}`;
}

/** onClock writes an instant as an input of a local time does. */
export function onClock(instant: number, zone: string): string {
  const time = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(instant);
  return `${dayKey(instant, zone)}T${time}`;
}

/** Booths are swapped with a consultation of the same moment, most often; the nearest ones come first. */
export function swappable(table: Timetable, item: TimetableItem): TimetableItem[] {
  const distance = (one: TimetableItem) => Math.abs(at(one.starts_at) - at(item.starts_at));
  return table.consultations
    .filter(
      (one) =>
        one.id !== item.id &&
        one.booth !== item.booth &&
        !one.cancelled &&
        (one.phase === 'scheduled' || one.phase === 'open' || one.phase === 'waiting'),
    )
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, 30);
}

/** request is null while something is missing. */
export function request(op: Op, draft: Draft, item: TimetableItem | null): Edit | null {
  const consultation = item?.id ?? draft.id.trim();
  const timed = draft.start !== '' && draft.end !== '';
  switch (op) {
    case 'create': {
      const { start, end, booth, firm, buyer, interpreter } = draft;
      return timed && consultation !== ''
        ? { op, consultation, start, end, booth, firm, buyer, interpreter }
        : null;
    }
    case 'reschedule':
      return timed ? { op, consultation, start: draft.start, end: draft.end } : null;
    case 'move_booth':
      return { op, consultation, booth: draft.booth };
    case 'swap_booths':
      return draft.other ? { op, consultation, other: draft.other } : null;
    case 'cancel':
    case 'restore':
      return { op, consultation };
    case 'set_interpreter':
      return { op, consultation, interpreter: draft.interpreter };
    case 'replace_buyer':
      return draft.buyer ? { op, consultation, buyer: draft.buyer } : null;
    case 'add_stand_by': {
      const { name, country, zone, language, email } = draft;
      if (name.trim() === '' || country.trim() === '' || zone === '') return null;
      const contact = email.trim() ? { email: email.trim() } : {};
      return {
        op,
        new_buyer: {
          name: name.trim(),
          country: country.trim().toUpperCase(),
          zone,
          language,
          stand_by: true,
          contact,
        },
      };
    }
  }
}
