/** The one next step of a lobby. */
import { Check, DoorOpen, Hourglass, MonitorSmartphone, TriangleAlert } from 'lucide-preact';
import { digits, minutes } from '../../i18n/format';
import type { Consultation } from '../../protocol/types';
import type { Waiting } from '../../room/model';
import { Button } from '../../ui/button';
import { Note } from '../../ui/note';
import { useDesk, zoneOf } from '../desk';
import { at, type Gate, gateOf } from '../meeting';
import { reasonOf } from '../reasons';
import { InvitationNote } from '../steered';
import { agreeAndJoin, enterLabel, mustAgree } from './agree';
import { ConsentAsked } from './consent';

export function Go({ next, waiting }: { next: Consultation; waiting: Waiting }) {
  const { words, now } = useDesk();
  const gate = gateOf(next, now.value);
  switch (waiting.for) {
    case 'person':
      return (
        <div class="go">
          <InvitationNote />
          <Doors next={next} gate={gate} />
          <Enter open={gate.doors === 'open'} />
        </div>
      );
    case 'doors':
      return (
        <div class="go">
          <Doors next={next} gate={{ doors: 'shut', opensIn: waiting.opensAt - now.value }} />
          {waiting.joins ? (
            <Note icon={Check} tone="live">
              {words.t('lobby.byItself')}
            </Note>
          ) : (
            <Enter open={false} />
          )}
        </div>
      );
    case 'reply':
      return (
        <div class="go">
          <Doors next={next} gate={gate} />
          <Button look="main" big icon={DoorOpen} busy testid="join">
            {words.t('lobby.joining')}
          </Button>
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

/** The button. The first time it also says yes to what is kept, and shows that over itself. */
function Enter({ open }: { open: boolean }) {
  const { visit, words } = useDesk();
  const consent = visit.consent.consent.value;
  const label = enterLabel(consent, open);
  if (!mustAgree(consent)) {
    return (
      <Button look="main" big icon={DoorOpen} onClick={() => visit.join()} testid="join">
        {words.t(label)}
      </Button>
    );
  }
  return (
    <>
      <ConsentAsked consent={consent} />
      <Button
        look="main"
        big
        icon={DoorOpen}
        busy={consent.state === 'sending'}
        onClick={() => void agreeAndJoin(visit)}
        testid="join"
      >
        {words.t(label)}
      </Button>
    </>
  );
}

function Doors({ next, gate }: { next: Consultation; gate: Gate }) {
  const desk = useDesk();
  const { words } = desk;
  if (gate.doors === 'shut') {
    const time = desk.format.value.time(at(next.opens_at), zoneOf(desk));
    return (
      <p class="go-doors">
        <span>
          {words.t('lobby.doorsIn')} <span class="go-hint">({time})</span>
        </span>
        <span class="digits" role="timer">
          {digits(gate.opensIn)}
        </span>
      </p>
    );
  }
  return (
    <p class="go-hint">
      {words.t('lobby.doorsOpen')} <Start startsIn={gate.startsIn} />
    </p>
  );
}

function Start({ startsIn }: { startsIn: number }) {
  const { words } = useDesk();
  const count = minutes(Math.abs(startsIn));
  if (count === 0) {
    return <>{words.t('lobby.startsNow')}</>;
  }
  const key = startsIn > 0 ? 'lobby.startsIn' : 'lobby.startedAgo';
  return <>{words.t(key, { minutes: words.t('time.minutes', { count }) })}</>;
}

export function Move() {
  const { visit, words } = useDesk();
  return (
    <div class="go">
      <Note icon={MonitorSmartphone} tone="wait" title={words.t('lobby.moveTitle')}>
        {words.t('lobby.moveBody')}
      </Note>
      <div class="go-pair">
        <Button look="main" big onClick={() => visit.move(true)} testid="move-yes">
          {words.t('lobby.moveYes')}
        </Button>
        <Button big onClick={() => visit.move(false)} testid="move-no">
          {words.t('lobby.moveNo')}
        </Button>
      </div>
    </div>
  );
}

/** A coordinator lets them in; who has said that they want to go in need not say it again. */
export function Admission({ joins }: { joins: boolean }) {
  const { words } = useDesk();
  return (
    <div class="go" data-testid="admission">
      <Note icon={Hourglass} tone="wait" title={words.t('stopped.held.title')}>
        {words.t('stopped.held.body')} {words.t('stopped.held.next')}
      </Note>
      {joins ? (
        <Note icon={Check} tone="live">
          {words.t('steered.admitted')}
        </Note>
      ) : (
        <Enter open />
      )}
    </div>
  );
}

export function Retry({ waiting }: { waiting: Extract<Waiting, { for: 'retry' }> }) {
  const { visit, words } = useDesk();
  const { reason } = reasonOf(waiting.code);
  return (
    <div class="go">
      <Note icon={TriangleAlert} tone="wait" title={words.t(`stopped.${reason}.title`)}>
        {words.t(`stopped.${reason}.body`)}
      </Note>
      <Button look="main" big onClick={() => visit.retry()} testid="join">
        {words.t('lobby.retry')}
      </Button>
    </div>
  );
}
