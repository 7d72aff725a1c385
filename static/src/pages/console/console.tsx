/**
 * The coordinators' page: the wall of what goes on now, and the day's board, timetable, links and readiness behind it.
 * Calls from booths, the record's trouble and whoever hears the coordinator are seen from everywhere.
 */
import { signal } from '@preact/signals';
import { BellRing, FlaskConical, MessageSquare, WifiOff } from 'lucide-preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { sameClock } from '../../i18n/format';
import { patience } from '../../room/connection';
import { LinksModel } from '../../room/desk/links';
import { Loaded } from '../../room/desk/load';
import { isOpen, withOf } from '../../room/desk/notes';
import { TimetableModel } from '../../room/desk/timetable';
import type { BoardModel } from '../../room/model';
import { Button } from '../../ui/button';
import { Note } from '../../ui/note';
import { Tabs } from '../../ui/tabs';
import { useDesk, zoneOf } from '../desk';
import { Head } from '../head';
import { BoardPage } from './boardpage';
import { LinksPage } from './links/links';
import { Notes, useWith } from './notes';
import { OfficePage } from './office/office';
import { ReadinessPage } from './readiness';
import { RecordPage } from './record/record';
import { may, rightOf } from './rights';
import { Sound } from './sound';
import { type Here, places, type Staff, StaffContext, useStaff } from './staff';
import { TimetablePage } from './timetable/timetable';
import { Banners } from './wall/banners';
import { HelpBar } from './wall/helpbar';
import { WallPage } from './wall/page';

export function ConsolePage({ board }: { board: BoardModel }) {
  const { words, visit } = useDesk();
  const right = rightOf(visit.bootstrap.value?.you);
  const staff = useMemo<Staff>(
    () => ({
      board,
      timetable: new TimetableModel(board.desk),
      links: new LinksModel(board.desk),
      readiness: new Loaded(() => board.desk.readiness()),
      writing: signal<string | null>(null),
      letters: signal(false),
      here: signal<Here>('wall'),
      room: signal<string | null>(null),
      trouble: signal<string | null>(null),
      right,
      acts: may(right, 'coordinator'),
    }),
    [board, right],
  );
  const { here } = staff;
  // A viewer is not shown the addresses of other people's links.
  const offered = places.filter((place) => place !== 'links' || staff.acts);
  // The heading takes the focus when the console comes; later the tab that was pressed keeps it.
  const main = useRef<HTMLElement>(null);
  useEffect(() => main.current?.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true }), []);
  return (
    <StaffContext.Provider value={staff}>
      <div class="page console">
        <Head>
          <NowClocks />
        </Head>
        {visit.bootstrap.value?.trial && (
          <p class="console-trial" data-testid="trial">
            <FlaskConical size={18} aria-hidden="true" /> {words.t('console.trial')}
          </p>
        )}
        <div class="console-nav">
          <Tabs
            label={words.t('console.parts')}
            tabs={offered.map((key) => ({ key, label: words.t(`console.tabs.${key}`) }))}
            chosen={here.value}
            onChoose={(key) => {
              here.value = key;
            }}
            panel="part"
          />
          <Letters />
        </div>
        <main id="main" tabIndex={-1} ref={main}>
          <div
            id="part"
            class="console-main"
            role="tabpanel"
            aria-labelledby={`part-${here.value}`}
            data-part={here.value}
          >
            <Lost />
            <Banners />
            <Part here={here.value} />
          </div>
        </main>
        <HelpBar />
        {staff.letters.value && <Notes />}
      </div>
    </StaffContext.Provider>
  );
}

function Part({ here }: { here: Here }) {
  switch (here) {
    case 'wall':
      return <WallPage />;
    case 'board':
      return <BoardPage />;
    case 'timetable':
      return <TimetablePage />;
    case 'links':
      return <LinksPage />;
    case 'readiness':
      return <ReadinessPage />;
    case 'record':
      return <RecordPage />;
    case 'staff':
      return <OfficePage />;
  }
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

/** The way to the letters. Its place is kept, so that a call changes its words and nothing else. */
function Letters() {
  const { words } = useDesk();
  const { board, letters } = useStaff();
  const who = useWith();
  const calls = board.notes.value.filter(isOpen);
  const first = calls[0];
  const call = first
    ? withOf(first.from.reply_to ?? first.from.seat ?? '', board.rows.value, board.booths.value)
    : null;
  return (
    <div class="letters-way">
      <span class="hidden" role="status">
        {calls.length > 0 && call ? words.t('letters.calls', { who: who(call) }) : ''}
      </span>
      <Sound />
      <button
        type="button"
        class="button"
        data-calls={calls.length > 0}
        data-testid="letters"
        onClick={() => {
          letters.value = true;
        }}
      >
        {calls.length > 0 ? (
          <BellRing size={20} aria-hidden="true" />
        ) : (
          <MessageSquare size={20} aria-hidden="true" />
        )}
        <span>
          {calls.length > 1
            ? words.t('letters.manyCalls', { count: calls.length })
            : call
              ? words.t('letters.calls', { who: who(call) })
              : words.t('letters.title')}
        </span>
      </button>
    </div>
  );
}

function Lost() {
  const { visit, words, now } = useDesk();
  const connection = visit.connection.value;
  if (connection.state !== 'reconnecting' || now.value - connection.since < patience) {
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
