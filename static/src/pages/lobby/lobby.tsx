/** The lobby of a person: whom and when, then my picture, then one button. */
import { CalendarCheck, SlidersHorizontal, WifiOff } from 'lucide-preact';
import { useEffect } from 'preact/hooks';
import type { Consultation } from '../../protocol/types';
import type { Waiting } from '../../room/model';
import { Note } from '../../ui/note';
import { useDesk, zoneOf } from '../desk';
import { DeviceChoices, DeviceToggle, Level, Mirror, Problem } from '../devices';
import { Head } from '../head';
import { afterwards, at } from '../meeting';
import { Notice } from '../notice';
import { When } from '../when';
import { Around, Who } from '../who';
import { Go } from './go';

export function LobbyPage({ next, waiting }: { next: Consultation | null; waiting: Waiting }) {
  const { words } = useDesk();
  if (!next) {
    return <Notice icon={CalendarCheck} title={words.t('lobby.none')} lead={words.t('lobby.noneBody')} />;
  }
  return <Ready next={next} waiting={waiting} />;
}

function Ready({ next, waiting }: { next: Consultation; waiting: Waiting }) {
  const { visit, words } = useDesk();
  const role = visit.bootstrap.value?.you.role ?? 'buyer';
  useEffect(() => void visit.devices.start(), [visit]);
  return (
    <div class="page">
      <Head />
      <main id="main" tabIndex={-1} class="lobby">
        <section class="meet" aria-label={words.t('lobby.who')}>
          <Who key={next.id} consultation={next} role={role} />
          <When from={at(next.starts_at)} to={at(next.ends_at)} />
          <Around consultation={next} role={role} />
        </section>
        <section class="ready" aria-label={words.t('lobby.picture')}>
          <Problem />
          <Mirror />
          <div class="ready-sound">
            <DeviceToggle kind="microphone" />
            <DeviceToggle kind="camera" />
            <Level />
          </div>
          <details>
            <summary>
              <SlidersHorizontal size={20} aria-hidden="true" />
              {words.t('lobby.devices')}
            </summary>
            <DeviceChoices />
          </details>
          {visit.connection.value.state === 'no_media' && (
            <Note icon={WifiOff} tone="wait">
              {words.t('lobby.noMedia')}
            </Note>
          )}
          <Go next={next} waiting={waiting} />
        </section>
        <Later next={next} />
      </main>
    </div>
  );
}

function Later({ next }: { next: Consultation }) {
  const desk = useDesk();
  const { visit, words, now } = desk;
  const rest = afterwards(visit.bootstrap.value?.consultations ?? [], next, now.value);
  const format = desk.format.value;
  const zone = zoneOf(desk);
  if (rest.length === 0) {
    return null;
  }
  return (
    <section class="later">
      <h2>{words.t('lobby.later')}</h2>
      <ul>
        {rest.map((one) => (
          <li key={one.id}>
            <time dateTime={one.starts_at}>
              {format.shortDay(at(one.starts_at), zone)} {format.time(at(one.starts_at), zone)}
            </time>
            <span>
              {one.firm.name} · {one.buyer.name}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
