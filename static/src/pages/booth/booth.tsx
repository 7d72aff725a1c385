/** The booth's own screen before a consultation: read from two metres, with nothing to press. */
import { CalendarCheck, WifiOff } from 'lucide-preact';
import { useEffect } from 'preact/hooks';
import { digits } from '../../i18n/format';
import type { Consultation } from '../../protocol/types';
import type { Waiting } from '../../room/model';
import { Button } from '../../ui/button';
import { Note } from '../../ui/note';
import { Title } from '../../ui/title';
import { useDesk, zoneOf } from '../desk';
import { DeviceToggle, Level, Mirror, Problem } from '../devices';
import { LanguageChoice } from '../head';
import { Move, Retry } from '../lobby/go';
import { at, gateOf, today } from '../meeting';
import { BuyerFacts, Interpreting } from '../who';
import { Timetable } from './timetable';

interface Props {
  next: Consultation | null;
  waiting: Waiting;
}

export function BoothPage({ next, waiting }: Props) {
  const desk = useDesk();
  const { visit, words, now } = desk;
  const zone = zoneOf(desk);
  const format = desk.format.value;
  const bootstrap = visit.bootstrap.value;
  const lines = today(bootstrap?.consultations ?? [], next, zone, now.value);
  const soon = next && lines.some((line) => line.consultation.id === next.id) ? next : null;
  useEffect(() => void visit.devices.start(), [visit]);
  return (
    <div class="page booth">
      <header class="booth-head">
        <p class="booth-name">
          <strong>{bootstrap?.booth}</strong>
          <span>{bootstrap?.event.name}</span>
        </p>
        <LanguageChoice quiet />
        <p class="booth-clock">
          <span>{format.day(now.value, zone)}</span>
          <time>{format.time(now.value, zone)}</time>
        </p>
      </header>
      <main id="main" tabIndex={-1} class="booth-main">
        {soon ? <Next key={soon.id} next={soon} waiting={waiting} /> : <None next={next} />}
        <section class="booth-self" aria-label={words.t('lobby.picture')}>
          <Problem />
          <Mirror />
          <div class="booth-sound">
            <DeviceToggle kind="microphone" />
            <DeviceToggle kind="camera" />
            <Level />
          </div>
        </section>
      </main>
      <Timetable lines={lines} />
    </div>
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
      <Title name={next.buyer.name}>{next.buyer.name}</Title>
      <p class="booth-facts">
        <BuyerFacts consultation={next} />
        <Interpreting consultation={next} />
      </p>
      <p class="booth-firm">{next.firm.name}</p>
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

function None({ next }: { next: Consultation | null }) {
  const desk = useDesk();
  const { words } = desk;
  const format = desk.format.value;
  const zone = zoneOf(desk);
  return (
    <section class="booth-next booth-none">
      <CalendarCheck size={64} aria-hidden="true" />
      <Title>{words.t('booth.noneToday')}</Title>
      <p class="booth-facts">{words.t('booth.noneTodayBody')}</p>
      {next && (
        <p class="booth-facts">
          {words.t('booth.nextDay', {
            when: `${format.day(at(next.starts_at), zone)} ${format.time(at(next.starts_at), zone)}`,
          })}
        </p>
      )}
    </section>
  );
}
