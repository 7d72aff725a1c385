/** The lobby of a person: whom and when, then my picture, then one button. */
import { CalendarCheck, SlidersHorizontal, WifiOff } from 'lucide-preact';
import { useEffect } from 'preact/hooks';
import type { Consultation } from '../../protocol/types';
import type { Waiting } from '../../room/model';
import { Note } from '../../ui/note';
import { useDesk } from '../desk';
import { DeviceChoices, DeviceToggle, Level, Problem } from '../devices';
import { Head } from '../head';
import { at } from '../meeting';
import { CoordinatorNote, NotesButton } from '../notes';
import { Notice } from '../notice';
import { NowClocks } from '../nowclocks';
import { OrderNote } from '../steered';
import { TimeWarnings } from '../warnings';
import { When } from '../when';
import { Around, Who } from '../who';
import { Checkup } from './checkup';
import { Company } from './company';
import { ConsentGiven } from './consent';
import { DayList } from './daylist';
import { Go } from './go';
import { HandoverButton } from './handover';
import { NetworkTest } from './networktest';
import { Sight, Try } from './practice';

export function LobbyPage({ next, waiting }: { next: Consultation | null; waiting: Waiting }) {
  const { words } = useDesk();
  if (!next) {
    return (
      <Notice icon={CalendarCheck} title={words.t('lobby.none')} lead={words.t('lobby.noneBody')}>
        <DayList />
      </Notice>
    );
  }
  return <Ready next={next} waiting={waiting} />;
}

function Ready({ next, waiting }: { next: Consultation; waiting: Waiting }) {
  const { visit, words } = useDesk();
  const role = visit.bootstrap.value?.you.role ?? 'buyer';
  useEffect(() => void visit.devices.start(), [visit]);
  return (
    <div class="page">
      <Head>
        <NowClocks />
      </Head>
      <main id="main" tabIndex={-1} class="lobby">
        <section class="meet" aria-label={words.t('lobby.who')}>
          <div class="lobby-note" aria-live="polite">
            <CoordinatorNote />
            <OrderNote />
          </div>
          <Who key={next.id} consultation={next} role={role} />
          <When from={at(next.starts_at)} to={at(next.ends_at)} />
          <TimeWarnings />
          <Around consultation={next} role={role} />
          <Company />
        </section>
        <section class="prepare" aria-label={words.t('lobby.picture')}>
          <Problem />
          {visit.connection.value.state === 'no_media' && (
            <Note icon={WifiOff} tone="wait">
              {words.t('lobby.noMedia')}
            </Note>
          )}
          <Sight />
          <div class="prepare-sound">
            <DeviceToggle kind="microphone" />
            <DeviceToggle kind="camera" />
            <Level />
          </div>
          <div class="trial card">
            <Checkup />
            <Try />
            <NetworkTest />
          </div>
          <details>
            <summary>
              <SlidersHorizontal size={20} aria-hidden="true" />
              {words.t('lobby.devices')}
            </summary>
            <DeviceChoices />
          </details>
          <Go next={next} waiting={waiting} />
        </section>
        <section class="besides" aria-label={words.t('notes.open')}>
          <div class="aids">
            <NotesButton />
            <HandoverButton />
          </div>
          <DayList />
          <ConsentGiven />
        </section>
      </main>
    </div>
  );
}
