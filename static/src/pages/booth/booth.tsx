/** The booth's own screen before a consultation: read from two metres, with nothing to press. */
import { Maximize, WifiOff } from 'lucide-preact';
import { useEffect } from 'preact/hooks';
import { digits } from '../../i18n/format';
import type { Consultation } from '../../protocol/types';
import type { Waiting } from '../../room/model';
import { Button } from '../../ui/button';
import { Note } from '../../ui/note';
import { Title } from '../../ui/title';
import { useDesk, zoneOf } from '../desk';
import { DeviceToggle, Level, Mirror, Problem } from '../devices';
import { BoothDoors } from '../doors';
import { LanguageChoice } from '../head';
import { Company } from '../lobby/company';
import { Admission, Move, Retry } from '../lobby/go';
import { at, gateOf, today } from '../meeting';
import { OrderNote } from '../steered';
import { BuyerFacts, Interpreting } from '../who';
import { CallButton, CallNote } from './call';
import { BoothHealth } from './health';
import { Idle } from './idle';
import { Ringing } from './ringing';
import { screenOf } from './screen';
import { Timetable } from './timetable';

interface Props {
  next: Consultation | null;
  waiting: Waiting;
}

export function BoothPage({ next, waiting }: Props) {
  const desk = useDesk();
  const { visit, words, now } = desk;
  const lines = today(visit.bootstrap.value?.consultations ?? [], next, zoneOf(desk), now.value);
  const screen = screenOf(next, lines, now.value);
  useEffect(() => void visit.devices.start(), [visit]);
  return (
    <div class="page booth" data-screen={screen.at}>
      {visit.kiosk.ring.value.state === 'ringing' ? <Ringing /> : <BoothHead clock={screen.at === 'next'} />}
      <main id="main" tabIndex={-1} class="booth-main">
        {screen.at === 'next' ? (
          <Next key={screen.next.id} next={screen.next} waiting={waiting} />
        ) : (
          <Idle screen={screen} />
        )}
        <section class="booth-self" aria-label={words.t('lobby.picture')}>
          <div class="booth-call" aria-live="polite">
            <CallNote />
            <OrderNote />
          </div>
          <Problem />
          <BoothHealth />
          <Mirror />
          <div class="booth-sound">
            <DeviceToggle kind="microphone" />
            <DeviceToggle kind="camera" />
            <Level />
          </div>
          <CallButton />
        </section>
      </main>
      {lines.length > 0 && <Timetable lines={lines} />}
    </div>
  );
}

/** The clock is here unless it is the page. */
function BoothHead({ clock }: { clock: boolean }) {
  const desk = useDesk();
  const { visit, words, now } = desk;
  const zone = zoneOf(desk);
  const format = desk.format.value;
  const bootstrap = visit.bootstrap.value;
  return (
    <header class="booth-head">
      <p class="booth-name">
        <strong>
          <bdi>{bootstrap?.booth}</bdi>
        </strong>
        <span>{bootstrap?.event.name}</span>
      </p>
      {visit.kiosk.screen.value === 'window' && (
        <Button icon={Maximize} onClick={() => visit.kiosk.toggleFullScreen()} testid="fullscreen">
          {words.t('room.fullScreen')}
        </Button>
      )}
      <BoothDoors />
      <LanguageChoice quiet />
      {clock && (
        <p class="booth-clock">
          <span>{format.day(now.value, zone)}</span>
          <time>{format.time(now.value, zone)}</time>
        </p>
      )}
    </header>
  );
}

function Next({ next, waiting }: { next: Consultation; waiting: Waiting }) {
  const desk = useDesk();
  const { visit, words } = desk;
  const time = desk.format.value.time(at(next.starts_at), zoneOf(desk));
  return (
    <section class="booth-next">
      <p class="booth-lead">
        {words.t('booth.next')} <span>{words.t('booth.begins', { time })}</span>
      </p>
      <Title name={next.buyer.name}>
        <bdi>{next.buyer.name}</bdi>
      </Title>
      <p class="booth-facts">
        <BuyerFacts consultation={next} />
        <Interpreting consultation={next} />
      </p>
      <p class="booth-firm">
        <bdi>{next.firm.name}</bdi>
      </p>
      <Company />
      {visit.connection.value.state === 'no_media' && (
        <Note icon={WifiOff} tone="wait">
          {words.t('lobby.noMedia')}
        </Note>
      )}
      <Step next={next} waiting={waiting} />
    </section>
  );
}

function Step({ next, waiting }: { next: Consultation; waiting: Waiting }) {
  const { visit, words, now } = useDesk();
  const gate = gateOf(next, now.value);
  switch (waiting.for) {
    case 'person':
      return gate.doors === 'open' ? (
        <div class="booth-step">
          <p class="booth-hint">{words.t('booth.ready')}</p>
          <Button look="main" big onClick={() => visit.join()} testid="join">
            {words.t('booth.enterNow')}
          </Button>
        </div>
      ) : (
        <Countdown left={gate.opensIn} />
      );
    case 'doors':
      return <Countdown left={waiting.opensAt - now.value} />;
    case 'reply':
      return (
        <div class="booth-step">
          <p class="booth-digits" role="status">
            {words.t('booth.opening')}
          </p>
        </div>
      );
    case 'move':
      return <Move />;
    case 'admission':
      return <Admission joins={waiting.joins} />;
    case 'retry':
      return <Retry waiting={waiting} />;
  }
}

function Countdown({ left }: { left: number }) {
  const { words } = useDesk();
  return (
    <div class="booth-step">
      <p class="booth-lead">{words.t('booth.countdown')}</p>
      <p class="booth-digits digits" role="timer" data-testid="doors">
        {digits(left)}
      </p>
      <p class="booth-hint">{words.t('booth.wait')}</p>
    </div>
  );
}
