/** The board: every consultation of a day, pushed; trouble named on top, the booths below it. */
import { useSignal } from '@preact/signals';
import { CircleCheck, Download, TriangleAlert } from 'lucide-preact';
import { dayKey } from '../../i18n/format';
import type { BoardModel } from '../../room/model';
import { Button } from '../../ui/button';
import { jumpTo } from '../../ui/jump';
import { Sign } from '../../ui/state';
import { useDesk, zoneOf } from '../desk';
import { countsOf, dayFor, daysOf, type Entry, entriesOf } from './board';
import { Booths } from './booths';
import { Card } from './card';
import { Days } from './days';
import { BoardRow, rowId, useTrouble } from './row';
import { useStaff } from './staff';

export function BoardPage() {
  const desk = useDesk();
  const { words, now } = desk;
  const { board } = useStaff();
  const zone = zoneOf(desk);
  const rows = board.rows.value;
  const days = daysOf(rows, zone);
  const today = dayKey(now.value, zone);
  const chosen = useSignal<string | null>(null);
  const open = useSignal<string | null>(null);
  const day = chosen.value ?? dayFor(days, today);
  const entries = entriesOf(rows, day, zone, now.value);
  const shown = entries.find((entry) => entry.row.consultation.id === open.value);
  return (
    <>
      <div class="console-top">
        <h1 tabIndex={-1}>{words.t('console.title')}</h1>
        <Counts entries={entries} />
        <Attendance board={board} />
      </div>
      <Days
        days={days}
        day={day}
        today={today}
        onChoose={(key) => {
          chosen.value = key;
        }}
      />
      <Attention entries={entries} />
      <Booths />
      <Table
        entries={entries}
        onOpen={(id) => {
          open.value = id;
        }}
      />
      {shown && (
        <Card
          row={shown.row}
          onClose={() => {
            open.value = null;
          }}
        />
      )}
    </>
  );
}

function Counts({ entries }: { entries: Entry[] }) {
  const { words } = useDesk();
  const counts = countsOf(entries);
  const shown = [
    { key: 'live', tone: 'live', shape: 'full' },
    { key: 'waiting', tone: 'wait', shape: 'half' },
    { key: 'late', tone: 'late', shape: 'mark' },
  ] as const;
  return (
    <dl class="counts" aria-label={words.t('console.counts')}>
      {shown.map(({ key, tone, shape }) => (
        <div key={key} class="count" data-tone={counts[key] > 0 ? tone : 'idle'} data-testid={`count-${key}`}>
          <dt>
            <Sign shape={shape} />
            {words.t(`console.${key}`)}
          </dt>
          <dd class="digits">{counts[key]}</dd>
        </div>
      ))}
    </dl>
  );
}

function Attendance({ board }: { board: BoardModel }) {
  const { words } = useDesk();
  const state = useSignal<'idle' | 'busy' | 'failed'>('idle');
  const download = () => {
    state.value = 'busy';
    board.downloadAttendance().then(
      () => {
        state.value = 'idle';
      },
      () => {
        state.value = 'failed';
      },
    );
  };
  return (
    <div class="console-download">
      <Button icon={Download} busy={state.value === 'busy'} onClick={download} testid="attendance">
        {words.t(state.value === 'busy' ? 'console.preparing' : 'console.attendance')}
      </Button>
      <p role="status">{state.value === 'failed' && words.t('console.failed')}</p>
    </div>
  );
}

function Attention({ entries }: { entries: Entry[] }) {
  const { words } = useDesk();
  const trouble = useTrouble();
  const wrong = entries.filter((entry) => entry.trouble);
  const going = entries.some(({ row }) => row.clock.phase === 'live' || row.clock.phase === 'waiting');
  if (wrong.length === 0) {
    return going ? (
      <p class="attention" data-tone="live">
        <CircleCheck size={20} aria-hidden="true" /> {words.t('console.noTrouble')}
      </p>
    ) : null;
  }
  return (
    <section class="attention" data-tone="late" aria-labelledby="attention">
      <h2 id="attention">
        <TriangleAlert size={20} aria-hidden="true" /> {words.t('console.trouble')}
      </h2>
      <ul>
        {wrong.map(({ row, trouble: what }) => (
          <li key={row.consultation.id}>
            <button type="button" onClick={() => jumpTo(rowId(row.consultation.id))}>
              <strong>
                {row.consultation.booth} · {row.consultation.firm.name} · {row.consultation.buyer.name}
              </strong>
              {what && <span>{trouble(what)}</span>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

const columns = ['time', 'booth', 'firm', 'buyer', 'others', 'state', 'note', 'actions'] as const;

function Table({ entries, onOpen }: { entries: Entry[]; onOpen: (id: string) => void }) {
  const { words } = useDesk();
  if (entries.length === 0) {
    return <p class="console-empty">{words.t('console.empty')}</p>;
  }
  return (
    <table class="board">
      <caption class="hidden">{words.t('console.title')}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {words.t(`console.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <BoardRow key={entry.row.consultation.id} entry={entry} onOpen={onOpen} />
        ))}
      </tbody>
    </table>
  );
}
