/** The coordinators' page: every consultation of a day, pushed, trouble named on top. */
import { useSignal } from '@preact/signals';
import { CircleCheck, Download, FlaskConical, TriangleAlert, WifiOff } from 'lucide-preact';
import { useEffect, useRef } from 'preact/hooks';
import { dayKey, sameClock } from '../../i18n/format';
import type { BoardModel } from '../../room/model';
import { Button } from '../../ui/button';
import { jumpTo } from '../../ui/jump';
import { Note } from '../../ui/note';
import { Sign } from '../../ui/state';
import { Title } from '../../ui/title';
import { useDesk, zoneOf } from '../desk';
import { Head } from '../head';
import { countsOf, dayFor, daysOf, type Entry, entriesOf } from './board';
import { BoardRow, rowId, useTrouble } from './row';

export function ConsolePage({ board }: { board: BoardModel }) {
  const desk = useDesk();
  const { visit, words, now } = desk;
  const zone = zoneOf(desk);
  const rows = board.rows.value;
  const days = daysOf(rows, zone);
  const today = dayKey(now.value, zone);
  const chosen = useSignal<string | null>(null);
  const day = chosen.value ?? dayFor(days, today);
  const entries = entriesOf(rows, day, zone, now.value);
  return (
    <div class="page console">
      <Head>
        <NowClocks />
      </Head>
      {visit.bootstrap.value?.trial && (
        <p class="console-trial" data-testid="trial">
          <FlaskConical size={18} aria-hidden="true" /> {words.t('console.trial')}
        </p>
      )}
      <main id="main" tabIndex={-1} class="console-main">
        <div class="console-top">
          <Title>{words.t('console.title')}</Title>
          <Counts entries={entries} />
          <Attendance board={board} />
        </div>
        <Lost />
        <Days
          days={days}
          day={day}
          today={today}
          onChoose={(key) => {
            chosen.value = key;
          }}
        />
        <Attention entries={entries} />
        <Table entries={entries} />
      </main>
    </div>
  );
}

interface DaysProps {
  days: { key: string; at: number }[];
  day: string | null;
  today: string;
  onChoose: (key: string) => void;
}

function Days({ days, day, today, onChoose }: DaysProps) {
  const desk = useDesk();
  const { words, format } = desk;
  const zone = zoneOf(desk);
  const list = useRef<HTMLElement>(null);
  // On a phone the days do not fit; the one that is shown must be among those in sight.
  useEffect(() => {
    const shown = list.current?.querySelector<HTMLElement>('[aria-pressed="true"]');
    if (list.current && shown) {
      list.current.scrollLeft = shown.offsetLeft - list.current.offsetLeft;
    }
  }, [day]);
  return (
    <nav class="days" aria-label={words.t('console.days')} ref={list}>
      {days.map(({ key, at }) => (
        <button
          key={key}
          type="button"
          class="day"
          aria-pressed={key === day}
          data-testid="day"
          data-day={key}
          onClick={() => onChoose(key)}
        >
          {format.value.shortDay(at, zone)}
          {key === today && <span class="day-today">{words.t('time.today')}</span>}
        </button>
      ))}
    </nav>
  );
}

function NowClocks() {
  const desk = useDesk();
  const { words, now } = desk;
  const center = zoneOf(desk);
  const format = desk.format.value;
  const same = sameClock(center, desk.here, now.value);
  return (
    <p class="console-clock">
      <span class="hidden">{words.t('time.now')}</span>
      <time>{format.time(now.value, center)}</time>
      {!same && (
        <span>
          {words.t('time.yours')} {format.time(now.value, desk.here)}
        </span>
      )}
    </p>
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

function Lost() {
  const { visit, words, now } = useDesk();
  const connection = visit.connection.value;
  if (connection.state !== 'reconnecting' || now.value - connection.since < 3000) {
    return null;
  }
  return (
    <Note
      icon={WifiOff}
      tone="wait"
      testid="connection"
      action={<Button onClick={() => visit.retry()}>{words.t('room.retry')}</Button>}
    >
      {words.t('console.connection')}
    </Note>
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

const columns = ['time', 'booth', 'firm', 'buyer', 'others', 'state', 'note'] as const;

function Table({ entries }: { entries: Entry[] }) {
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
          <BoardRow key={entry.row.consultation.id} entry={entry} />
        ))}
      </tbody>
    </table>
  );
}
