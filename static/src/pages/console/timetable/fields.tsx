/** The form of each change, and the request that comes of it. */
import { dayKey } from '../../../i18n/format';
import { languages, nameOf } from '../../../i18n/languages';
import type { Timetable, TimetableItem } from '../../../protocol/types';
import type { Edit } from '../../../room/desk/timetable';
import { Field } from '../../../ui/field';
import { Select } from '../../../ui/select';
import { useDesk } from '../../desk';
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
function swappable(table: Timetable, item: TimetableItem): TimetableItem[] {
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

interface Props {
  op: Op;
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  table: Timetable;
  item: TimetableItem | null;
  zone: string;
}

export function Fields(props: Props) {
  const { op, draft, set, table, item, zone } = props;
  const desk = useDesk();
  const { words } = desk;
  const format = desk.format.value;
  const named = (all: readonly { id?: string; name: string }[]) =>
    all.map(({ id = '', name }) => ({ value: id, label: name }));
  const interpreters = [{ value: '', label: words.t('lobby.noInterpreter') }, ...named(table.interpreters)];
  const times = (
    <div class="form-row">
      <Field
        label={words.t('edit.start')}
        type="datetime-local"
        value={draft.start}
        required
        testid="edit-start"
        onChange={(start) => set({ start })}
      />
      <Field
        label={words.t('edit.end')}
        type="datetime-local"
        value={draft.end}
        required
        testid="edit-end"
        onChange={(end) => set({ end })}
      />
    </div>
  );
  const choose = (
    label: string,
    value: string,
    options: { value: string; label: string }[],
    onChoose: (value: string) => void,
  ) => <Select label={label} value={value} options={options} onChoose={onChoose} testid="edit-value" />;
  switch (op) {
    case 'reschedule':
      return times;
    case 'move_booth':
      return choose(words.t('console.booth'), draft.booth, named(table.booths), (booth) => set({ booth }));
    case 'swap_booths': {
      const others = item ? swappable(table, item) : [];
      return others.length === 0 ? (
        <p>{words.t('edit.noSwap')}</p>
      ) : (
        choose(
          words.t('edit.with'),
          draft.other,
          others.map((one) => ({
            value: one.id,
            label: `${one.id} · ${format.shortDay(at(one.starts_at), zone)} ${format.time(at(one.starts_at), zone)} · ${
              table.booths.find(({ id }) => id === one.booth)?.name ?? one.booth
            }`,
          })),
          (other) => set({ other }),
        )
      );
    }
    case 'set_interpreter':
      return choose(words.t('role.interpreter'), draft.interpreter, interpreters, (interpreter) =>
        set({ interpreter }),
      );
    case 'replace_buyer': {
      const waiting = table.buyers.filter((buyer) => buyer.stand_by);
      return waiting.length === 0 ? (
        <p>{words.t('edit.noStandBy')}</p>
      ) : (
        choose(words.t('edit.standBy'), draft.buyer, named(waiting), (buyer) => set({ buyer }))
      );
    }
    case 'cancel':
      return <p>{words.t('edit.cancelHint')}</p>;
    case 'restore':
      return <p>{words.t('edit.restoreHint')}</p>;
    case 'create':
      return (
        <>
          <Field
            label={words.t('edit.id')}
            value={draft.id}
            required
            length={64}
            onChange={(id) => set({ id })}
            testid="edit-id"
          />
          {times}
          <div class="form-row">
            {choose(words.t('console.booth'), draft.booth, named(table.booths), (booth) => set({ booth }))}
            {choose(words.t('role.firm'), draft.firm, named(table.firms), (firm) => set({ firm }))}
          </div>
          <div class="form-row">
            {choose(words.t('role.buyer'), draft.buyer, named(table.buyers), (buyer) => set({ buyer }))}
            {choose(words.t('role.interpreter'), draft.interpreter, interpreters, (interpreter) =>
              set({ interpreter }),
            )}
          </div>
        </>
      );
    case 'add_stand_by':
      return <StandBy {...props} />;
  }
}

function StandBy({ draft, set }: Props) {
  const { words } = useDesk();
  return (
    <>
      <Field
        label={words.t('edit.name')}
        value={draft.name}
        required
        length={200}
        onChange={(name) => set({ name })}
        testid="stand-by-name"
      />
      <div class="form-row">
        <Field
          label={words.t('edit.country')}
          hint={words.t('edit.countryHint')}
          value={draft.country}
          required
          length={2}
          onChange={(country) => set({ country })}
        />
        <Select
          label={words.t('edit.zone')}
          value={draft.zone}
          options={[
            { value: '', label: words.t('edit.chooseZone') },
            ...Intl.supportedValuesOf('timeZone').map((value) => ({ value, label: value })),
          ]}
          onChoose={(zone) => set({ zone })}
        />
      </div>
      <div class="form-row">
        <Select
          label={words.t('app.language')}
          value={draft.language}
          options={languages.map((value) => ({ value, label: nameOf(value), lang: value }))}
          onChoose={(language) => set({ language })}
        />
        <Field
          label={words.t('edit.email')}
          type="email"
          value={draft.email}
          length={254}
          onChange={(email) => set({ email })}
        />
      </div>
    </>
  );
}
