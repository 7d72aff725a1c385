/** Who of the staff did what, when and why, newest first. */
import { useSignal } from '@preact/signals';
import { Download } from 'lucide-preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { AuditEntry } from '../../../protocol/types';
import { AuditModel } from '../../../room/desk/audit';
import { Button } from '../../../ui/button';
import { Field } from '../../../ui/field';
import { save } from '../../../ui/save';
import { Select } from '../../../ui/select';
import { plain } from '../../../ui/text';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { useDoing } from '../doing';
import { useLoaded } from '../loaded';
import { may } from '../rights';
import { useStaff } from '../staff';
import { useFailure } from '../told';
import { actionsOf, addressOf } from './deed';
import { useDeed, useSeat } from './say';

export function AuditView() {
  const { board, right } = useStaff();
  const house = useSignal(false);
  const models = useMemo(
    () => ({ event: new AuditModel(board.record.audit), house: new AuditModel(board.office.houseAudit) }),
    [board],
  );
  const model = house.value ? models.house : models.event;
  useEffect(() => {
    void model.load();
  }, [model]);
  return (
    <>
      {may(right, 'administrator') && <Scope house={house.value} onChoose={(next) => (house.value = next)} />}
      <Log key={String(house.value)} model={model} house={house.value} />
    </>
  );
}

/** The installation's log is offered to who may read it: whoever administers one event alone may not. */
function Scope({ house, onChoose }: { house: boolean; onChoose: (house: boolean) => void }) {
  const { words } = useDesk();
  const { board } = useStaff();
  const accounts = useLoaded(() => board.office.accounts());
  if (!accounts.value) return null;
  return (
    <fieldset class="filters">
      <legend class="hidden">{words.t('audit.scope')}</legend>
      {([false, true] as const).map((value) => (
        <button
          key={String(value)}
          type="button"
          class="day"
          aria-pressed={house === value}
          data-testid={value ? 'audit-house' : 'audit-event'}
          onClick={() => onChoose(value)}
        >
          {words.t(value ? 'audit.house' : 'audit.event')}
        </button>
      ))}
      {house && <p class="form-hint record-scope">{words.t('audit.houseHint')}</p>}
    </fieldset>
  );
}

function Log({ model, house }: { model: AuditModel; house: boolean }) {
  const { words } = useDesk();
  const failure = useFailure();
  const state = model.state.value;
  const entries = model.entries.value;
  const reading = state === 'reading';
  return (
    <>
      <Filter model={model} house={house} />
      {entries.length > 0 && <Entries entries={entries} people={model.people.value} house={house} />}
      <div class="audit-foot">
        <p role="status" data-testid="audit-told">
          {reading
            ? words.t('audit.reading')
            : typeof state === 'object'
              ? failure(state.failed)
              : entries.length === 0
                ? words.t(model.more ? 'audit.noneYet' : 'audit.none')
                : !model.more && words.t('audit.end')}
        </p>
        {typeof state === 'object' && entries.length === 0 ? (
          <Button onClick={() => void model.load()}>{words.t('lobby.retry')}</Button>
        ) : (
          model.more && (
            <Button busy={reading} onClick={() => void model.older()} testid="audit-older">
              {words.t('audit.older')}
            </Button>
          )
        )}
      </div>
    </>
  );
}

function Filter({ model, house }: { model: AuditModel; house: boolean }) {
  const { words, visit } = useDesk();
  const { board } = useStaff();
  const doing = useDoing();
  const { by, action, consultation, day } = model.filter.value;
  const any = { value: '', label: words.t('audit.any') };
  const name = house ? 'house' : (visit.bootstrap.value?.event.id ?? 'event');
  return (
    <div class="list-tools record-filter">
      <Select
        label={words.t('audit.who')}
        value={by}
        options={[any, ...[...model.people.value].map(([value, label]) => ({ value, label }))]}
        onChoose={(value) => void model.choose({ by: value })}
        testid="audit-who"
      />
      <Select
        label={words.t('audit.what')}
        value={action}
        options={[
          any,
          ...actionsOf(house ? 'house' : 'event').map((value) => ({
            value,
            label: words.t(`audit.action.${value}`),
          })),
        ]}
        onChoose={(value) => void model.choose({ action: value })}
        testid="audit-what"
      />
      {!house && (
        <Select
          label={words.t('audit.where')}
          value={consultation}
          options={[
            any,
            ...board.rows.value.map(({ consultation: of }) => ({
              value: of.id,
              label: `${of.id} · ${of.firm.name} · ${of.buyer.name}`,
            })),
          ]}
          onChoose={(value) => void model.choose({ consultation: value })}
          testid="audit-where"
        />
      )}
      <Field
        label={words.t('audit.day')}
        type="date"
        value={day}
        onChange={(value) => void model.choose({ day: value })}
        testid="audit-day"
      />
      <Button
        icon={Download}
        busy={doing.busy}
        testid="audit-csv"
        onClick={() => doing.run(async () => save(await model.file(), `${name}-audit.csv`))}
      >
        {words.t('audit.csv')}
      </Button>
      {doing.failed && <p role="status">{doing.failed}</p>}
    </div>
  );
}

interface EntriesProps {
  entries: readonly AuditEntry[];
  people: ReadonlyMap<string, string>;
  house: boolean;
}

function Entries({ entries, people, house }: EntriesProps) {
  const { words } = useDesk();
  const { board } = useStaff();
  const rooms = new Map(board.rows.value.map(({ consultation }) => [consultation.id, consultation]));
  const parties = useParties(people, house);
  const deed = useDeed(parties);
  return (
    <table class="list audit" data-testid="audit">
      <caption class="hidden">{words.t('record.views.audit')}</caption>
      <thead>
        <tr>
          <th scope="col">{words.t('audit.when')}</th>
          <th scope="col">{words.t('audit.who')}</th>
          <th scope="col">{words.t('audit.what')}</th>
          {!house && <th scope="col">{words.t('audit.where')}</th>}
          <th scope="col">{words.t('audit.why')}</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <Entry
            key={entry.id}
            entry={entry}
            says={deed(entry)}
            of={rooms.get(entry.consultation ?? '')}
            house={house}
          />
        ))}
      </tbody>
    </table>
  );
}

/** Accounts and parties by id: of staff whom the log has named, and for the house of all accounts. */
function useParties(people: ReadonlyMap<string, string>, house: boolean): ReadonlyMap<string, string> {
  const { board, timetable } = useStaff();
  const accounts = useLoaded(async () => (house ? board.office.accounts() : []));
  useEffect(() => {
    if (!house) void timetable.table.load();
  }, [timetable, house]);
  const table = timetable.table.value;
  const parties = [...(table?.firms ?? []), ...(table?.buyers ?? []), ...(table?.interpreters ?? [])];
  return new Map([
    ...parties.map(({ id, name }) => [id ?? '', name] as const),
    ...(board.staff.value ?? []).map(({ id, name }) => [id, name] as const),
    ...(accounts.value ?? []).map(({ id, name }) => [id, name] as const),
    ...people,
  ]);
}

interface EntryProps {
  entry: AuditEntry;
  says: string;
  of: { booth: string; firm: { name: string }; buyer: { name: string } } | undefined;
  house: boolean;
}

function Entry({ entry, says, of, house }: EntryProps) {
  const desk = useDesk();
  const { words } = desk;
  const format = desk.format.value;
  const zone = zoneOf(desk);
  const seat = useSeat();
  const address = addressOf(entry);
  return (
    <tr data-testid="audit-entry" data-action={entry.action}>
      <td class="audit-when">
        <time dateTime={entry.at} title={`${entry.id} ${entry.hash}`}>
          {format.shortDay(at(entry.at), zone)}{' '}
          <strong class="digits">{format.second(at(entry.at), zone)}</strong>
        </time>
      </td>
      <td class="audit-who">
        <bdi>{entry.name || words.t('audit.nobody')}</bdi>
      </td>
      <td class="audit-what">
        <strong>{words.t(`audit.action.${entry.action}`)}</strong>
        {(entry.seat || says) && (
          <small>{[entry.seat ? seat(entry.seat) : '', says].filter(Boolean).join(' · ')}</small>
        )}
      </td>
      {!house && (
        <td class="audit-where">
          {entry.consultation && (
            <>
              {entry.consultation}
              {of && (
                <small>
                  <bdi>{of.booth}</bdi> · <bdi>{of.firm.name}</bdi> · <bdi>{of.buyer.name}</bdi>
                </small>
              )}
            </>
          )}
        </td>
      )}
      <td class="audit-why">
        {entry.erased ? (
          <em class="record-erased">{words.t('audit.erased')}</em>
        ) : (
          <bdi>{address ? words.t('audit.detail.from', { address }) : plain(entry.reason ?? '')}</bdi>
        )}
      </td>
    </tr>
  );
}
