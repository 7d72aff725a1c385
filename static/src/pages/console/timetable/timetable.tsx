/**
 * The timetable: a dense list by day, with what does not fit marked where it stands. Columns a booth
 * were rejected: five booths fit on a laptop, fifteen do not, and names are long.
 */
import { useSignal } from '@preact/signals';
import { CalendarPlus, UserPlus } from 'lucide-preact';
import { useEffect } from 'preact/hooks';
import { dayKey } from '../../../i18n/format';
import type { Timetable } from '../../../protocol/types';
import type { Load } from '../../../room/desk/load';
import { Button } from '../../../ui/button';
import { Select } from '../../../ui/select';
import { Tabs } from '../../../ui/tabs';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { dayFor } from '../board';
import { Days } from '../days';
import { useStaff } from '../staff';
import { Waits } from '../waits';
import { Conflicts } from './conflicts';
import { type Begun, EditDialog } from './edit';
import { History } from './history';
import { Import } from './import';
import { Policies } from './policies';
import { Rows } from './rows';

const views = ['days', 'import', 'policies', 'history'] as const;
type View = (typeof views)[number];

export function TimetablePage() {
  const { words } = useDesk();
  const { timetable, acts } = useStaff();
  const view = useSignal<View>('days');
  const table = timetable.table.now.value;
  useEffect(() => {
    void timetable.table.load();
  }, [timetable]);
  return (
    <>
      <div class="console-top">
        <h1 tabIndex={-1}>{words.t('timetable.title')}</h1>
        <Tabs
          label={words.t('timetable.title')}
          tabs={views
            .filter((key) => acts || key === 'days' || key === 'history')
            .map((key) => ({ key, label: words.t(`timetable.views.${key}`) }))}
          chosen={view.value}
          onChoose={(key) => {
            view.value = key;
          }}
          panel="view"
          small
        />
      </div>
      <div id="view" role="tabpanel" aria-labelledby={`view-${view.value}`} class="view">
        <Waits load={table} again={() => void timetable.table.load()} />
        <Shown view={view.value} table={table} />
      </div>
    </>
  );
}

function Shown({ view, table }: { view: View; table: Load<Timetable> }) {
  if (table.at !== 'ready') {
    return null;
  }
  switch (view) {
    case 'days':
      return <DayList table={table.value} />;
    case 'import':
      return <Import table={table.value} />;
    case 'policies':
      return <Policies policy={table.value.policy} />;
    case 'history':
      return <History />;
  }
}

function DayList({ table }: { table: Timetable }) {
  const desk = useDesk();
  const { words, now } = desk;
  const { acts } = useStaff();
  const zone = zoneOf(desk);
  const chosen = useSignal<string | null>(null);
  const booth = useSignal('');
  const begun = useSignal<Begun | null>(null);
  const days = daysOf(table, zone);
  const today = dayKey(now.value, zone);
  const day = chosen.value ?? dayFor(days, today);
  const items = table.consultations.filter(
    (item) => dayKey(at(item.starts_at), zone) === day && (booth.value === '' || item.booth === booth.value),
  );
  return (
    <>
      <div class="list-tools">
        <Days
          days={days}
          day={day}
          today={today}
          onChoose={(key) => {
            chosen.value = key;
          }}
        />
        <Select
          label={words.t('console.booth')}
          quiet
          value={booth.value}
          options={[
            { value: '', label: words.t('timetable.allBooths') },
            ...table.booths.map((one) => ({ value: one.id, label: one.name })),
          ]}
          onChoose={(value) => {
            booth.value = value;
          }}
        />
        {acts && (
          <div class="buttons">
            <Button
              look="main"
              icon={CalendarPlus}
              testid="create"
              onClick={() => {
                begun.value = { op: 'create', day: day ?? today };
              }}
            >
              {words.t('edit.op.create')}
            </Button>
            <Button
              icon={UserPlus}
              testid="add-stand-by"
              onClick={() => {
                begun.value = { op: 'add_stand_by' };
              }}
            >
              {words.t('edit.op.add_stand_by')}
            </Button>
          </div>
        )}
      </div>
      <Conflicts
        conflicts={table.conflicts}
        table={table}
        title={words.t('timetable.conflicts', { count: table.conflicts.length })}
      />
      <Rows
        table={table}
        items={items}
        onEdit={(item) => {
          begun.value = { op: 'change', item };
        }}
      />
      {begun.value && (
        <EditDialog
          begun={begun.value}
          table={table}
          onClose={() => {
            begun.value = null;
          }}
        />
      )}
    </>
  );
}

function daysOf(table: Timetable, zone: string): { key: string; at: number }[] {
  const days = new Map<string, number>();
  for (const { starts_at } of table.consultations) {
    const key = dayKey(at(starts_at), zone);
    if (!days.has(key)) days.set(key, at(starts_at));
  }
  return [...days].map(([key, start]) => ({ key, at: start })).sort((a, b) => a.at - b.at);
}
