/** The form of each change. */
import { languages, nameOf } from '../../../i18n/languages';
import type { Timetable, TimetableItem } from '../../../protocol/types';
import { Field } from '../../../ui/field';
import { Select } from '../../../ui/select';
import { useDesk } from '../../desk';
import { at } from '../../meeting';
import { type Draft, type Op, swappable } from './draft';

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
