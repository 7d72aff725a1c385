/** All consultations as the ledger tells them, what can be taken home of them, and each one in detail. */
import { useSignal } from '@preact/signals';
import { RefreshCw } from 'lucide-preact';
import type { AttendanceRecord } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { Select } from '../../../ui/select';
import { State } from '../../../ui/state';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { useLoaded } from '../loaded';
import { useStaff } from '../staff';
import { Waits } from '../waits';
import { Downloads } from './downloads';
import { choicesOf, everything, recordsOf, sumOf, type Wanted } from './extract';
import { RecordCard } from './recordcard';
import { useLength } from './say';
import { signs } from './signs';

interface Props {
  onPrint: (consultation: string) => void;
}

export function AttendanceView({ onPrint }: Props) {
  const desk = useDesk();
  const { words } = desk;
  const { board } = useStaff();
  const attendance = useLoaded(() => board.record.attendance());
  const wanted = useSignal<Wanted>(everything);
  const open = useSignal<string | null>(null);
  const load = attendance.now.value;
  const zone = zoneOf(desk);
  const all = attendance.value?.consultations ?? [];
  const shown = recordsOf(all, wanted.value, zone);
  const sum = sumOf(shown);
  const chosen = all.find(({ consultation }) => consultation === open.value);
  return (
    <>
      <Waits load={load} again={() => void attendance.load()} />
      {attendance.value && (
        <>
          <Filter all={all} wanted={wanted.value} onChoose={(next) => (wanted.value = next)} />
          <div class="record-sum" data-testid="record-sum">
            <p>
              <strong class="digits">{sum.all}</strong> {words.t('record.sum.all')}
            </p>
            <p data-tone="live">
              <strong class="digits">{sum.held}</strong> {words.t('record.sum.held')}
            </p>
            <p data-tone="late">
              <strong class="digits">{sum.noShow}</strong> {words.t('record.sum.noShow')}
            </p>
            <p>
              <strong class="digits">{sum.open}</strong> {words.t('record.sum.open')}
            </p>
            <Button icon={RefreshCw} onClick={() => void attendance.load()} testid="record-reload">
              {words.t('readiness.reload')}
            </Button>
          </div>
          <Downloads wanted={wanted.value} />
          {shown.length === 0 ? (
            <p class="console-empty">{words.t('record.none')}</p>
          ) : (
            <table class="list" data-testid="records">
              <caption class="hidden">{words.t('record.views.attendance')}</caption>
              <thead>
                <tr>
                  <th scope="col">{words.t('console.time')}</th>
                  <th scope="col">{words.t('console.booth')}</th>
                  <th scope="col">{words.t('record.parties')}</th>
                  <th scope="col">{words.t('verdict.title')}</th>
                  <th scope="col">{words.t('record.together')}</th>
                  <th scope="col">
                    <span class="hidden">{words.t('console.actions')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {shown.map((one) => (
                  <Line key={one.consultation} record={one} onOpen={() => (open.value = one.consultation)} />
                ))}
              </tbody>
            </table>
          )}
        </>
      )}
      {chosen && (
        <RecordCard
          record={chosen}
          onChanged={() => void attendance.load()}
          onPrint={() => onPrint(chosen.consultation)}
          onClose={() => {
            open.value = null;
          }}
        />
      )}
    </>
  );
}

interface FilterProps {
  all: readonly AttendanceRecord[];
  wanted: Wanted;
  onChoose: (next: Wanted) => void;
}

function Filter({ all, wanted, onChoose }: FilterProps) {
  const desk = useDesk();
  const { words } = desk;
  const format = desk.format.value;
  const { days, firms, countries } = choicesOf(all, zoneOf(desk));
  const any = { value: '', label: words.t('record.any') };
  return (
    <div class="list-tools record-filter">
      <Select
        label={words.t('record.day')}
        value={wanted.day}
        options={[
          any,
          ...days.map((day) => ({ value: day, label: format.day(Date.parse(`${day}T12:00:00Z`), 'UTC') })),
        ]}
        onChoose={(day) => onChoose({ ...wanted, day })}
        testid="record-day"
      />
      <Select
        label={words.t('console.firm')}
        value={wanted.firm}
        options={[any, ...firms.map(({ id, name }) => ({ value: id, label: name }))]}
        onChoose={(firm) => onChoose({ ...wanted, firm })}
      />
      <Select
        label={words.t('record.country')}
        value={wanted.country}
        options={[any, ...countries.map((country) => ({ value: country, label: format.country(country) }))]}
        onChoose={(country) => onChoose({ ...wanted, country })}
        testid="record-country"
      />
    </div>
  );
}

function Line({ record, onOpen }: { record: AttendanceRecord; onOpen: () => void }) {
  const desk = useDesk();
  const { words } = desk;
  const format = desk.format.value;
  const zone = zoneOf(desk);
  const length = useLength();
  return (
    <tr data-testid="record" data-consultation={record.consultation} data-verdict={record.verdict}>
      <td>
        {format.shortDay(at(record.starts_at), zone)}{' '}
        <strong>{format.time(at(record.starts_at), zone)}</strong>
      </td>
      <td>
        <bdi>{record.booth}</bdi>
      </td>
      <td>
        <bdi>{record.firm}</bdi> · <bdi>{record.buyer}</bdi> <small>{format.country(record.country)}</small>
      </td>
      <td>
        <State {...signs[record.verdict]}>{words.t(`verdict.${record.verdict}`)}</State>
        {record.decided && <small> {words.t('record.byHand')}</small>}
        {record.on_paper && <small> {words.t('record.onPaper')}</small>}
      </td>
      <td>
        <span class="list-label">{words.t('record.together')}</span>
        {length(record.together_seconds)}
      </td>
      <td class="list-action">
        <Button look="plain" onClick={onOpen} testid="record-open">
          {words.t('record.open')}
        </Button>
      </td>
    </tr>
  );
}
