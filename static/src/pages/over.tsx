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
      {back && (
        <div class="notice-actions">
          <Button look="main" big icon={DoorOpen} onClick={() => visit.back()} testid="back-in">
            {words.t(why === 'moved' ? 'over.backHere' : 'over.backIn')}
          </Button>
        </div>
      )}
      <Slip title={words.t('over.was')} consultation={consultation} />
      {next ? (
        <>
          <Slip title={words.t('over.next')} consultation={next} />
          {!back && (
            <div class="notice-actions">
              <Button look="main" big icon={DoorOpen} onClick={() => visit.back()} testid="to-next">
                {words.t('over.toNext')}
              </Button>
            </div>
          )}
        </>
      ) : (
        !back && <p class="notice-ask">{words.t('over.mayClose')}</p>
      )}
    </Notice>
  );
}

function Slip({ title, consultation }: { title: string; consultation: Consultation }) {
  const { visit } = useDesk();
  const others = othersOf(visit.bootstrap.value?.you.role ?? 'buyer');
  return (
    <section class="card slip">
      <div>
        <h2 class="eyebrow">{title}</h2>
        <p class="slip-name">{others.map((side) => consultation[side].name).join(' · ')}</p>
      </div>
      <When from={at(consultation.starts_at)} to={at(consultation.ends_at)} />
    </section>
  );
}
