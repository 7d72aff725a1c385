/** After the room: what happened, the way back in if there is one, what comes next. */
import { CircleAlert, CircleCheck, DoorOpen, LogOut, MonitorSmartphone } from 'lucide-preact';
import type { Consultation } from '../protocol/types';
import type { Place } from '../room/model';
import { Button } from '../ui/button';
import type { Icon } from '../ui/icon';
import { useDesk } from './desk';
import { at, othersOf } from './meeting';
import { Notice } from './notice';
import { When } from './when';

type Over = Extract<Place, { at: 'over' }>;

const signs: Record<Over['why'], Icon> = {
  left: LogOut,
  ended: CircleCheck,
  moved: MonitorSmartphone,
  removed: CircleAlert,
  cancelled: CircleAlert,
};

export function OverPage({ place }: { place: Over }) {
  const { visit, words } = useDesk();
  const { consultation, why, back } = place;
  const next = place.next?.id === consultation.id ? null : place.next;
  const booth = visit.bootstrap.value?.kind === 'booth';
  const story = why === 'left' && !back ? 'leftForGood' : why;
  return (
    <Notice
      icon={signs[why]}
      tone={why === 'ended' ? 'live' : undefined}
      title={words.t(`over.${story}.title`)}
      lead={words.t(`over.${story}.body`)}
    >
      <div class="notice-actions">
        {back && (
          <Button look="main" big icon={DoorOpen} onClick={() => visit.back()} testid="back-in">
            {words.t(why === 'moved' ? 'over.backHere' : 'over.backIn')}
          </Button>
        )}
        {!back && next && (
          <Button look="main" big icon={DoorOpen} onClick={() => visit.back()} testid="to-next">
            {words.t('over.toNext')}
          </Button>
        )}
      </div>
      {(story === 'ended' || story === 'leftForGood') && !booth && <After next={next !== null} />}
      {next && <Slip title={words.t('over.next')} consultation={next} />}
      {/* The next people of a booth must not read the names of the last ones. */}
      {!booth && <Slip title={words.t('over.was')} consultation={consultation} brief />}
      {!back && !next && !booth && <p class="notice-ask">{words.t('over.mayClose')}</p>}
    </Notice>
  );
}

/** What happens next: told to those who talked, and to those who have more to come. */
function After({ next }: { next: boolean }) {
  const { visit, words } = useDesk();
  const bootstrap = visit.bootstrap.value;
  const interpreter = bootstrap?.you.role === 'interpreter';
  return (
    <section class="after">
      <h2 class="eyebrow">{words.t('over.after')}</h2>
      <p>
        {interpreter
          ? words.t('over.afterInterpreter')
          : words.t('over.afterParty', { organiser: bootstrap?.event.organiser || words.t('app.name') })}
      </p>
      {next && <p>{words.t('over.afterNext')}</p>}
    </section>
  );
}

interface SlipProps {
  title: string;
  consultation: Consultation;
  /** what lies behind needs no clocks */
  brief?: boolean;
}

function Slip({ title, consultation, brief }: SlipProps) {
  const { visit, format, here } = useDesk();
  const others = othersOf(visit.bootstrap.value?.you.role ?? 'buyer');
  const [from, to] = [at(consultation.starts_at), at(consultation.ends_at)];
  const { day, time } = format.value;
  return (
    <section class="card slip">
      <div>
        <h2 class="eyebrow">{title}</h2>
        <p class="slip-name">{others.map((side) => consultation[side].name).join(' · ')}</p>
        {brief && (
          <p class="slip-when">
            {day(from, here)} {time(from, here)} – {time(to, here)}
          </p>
        )}
      </div>
      {!brief && <When from={from} to={to} />}
    </section>
  );
}
