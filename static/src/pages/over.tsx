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
      {next && <Slip title={words.t('over.next')} consultation={next} />}
      <Slip title={words.t('over.was')} consultation={consultation} brief />
      {!back && !next && <p class="notice-ask">{words.t('over.mayClose')}</p>}
    </Notice>
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
