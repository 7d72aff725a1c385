/** Nobody is expected soon: a clock for the hall, what comes next, and that nothing is to be done. */
import type { Consultation } from '../../protocol/types';
import { Title } from '../../ui/title';
import { useDesk, zoneOf } from '../desk';
import { at } from '../meeting';
import { BuyerFacts } from '../who';
import type { Screen } from './screen';

export function Idle({ screen }: { screen: Exclude<Screen, { at: 'next' }> }) {
  const desk = useDesk();
  const { now } = desk;
  const zone = zoneOf(desk);
  const format = desk.format.value;
  return (
    <section class="booth-idle" data-testid="idle" data-screen={screen.at}>
      <p class="idle-clock">
        <time class="digits">{format.time(now.value, zone)}</time>
        <span>{format.day(now.value, zone)}</span>
      </p>
      <Told screen={screen} />
    </section>
  );
}

function Told({ screen }: { screen: Exclude<Screen, { at: 'next' }> }) {
  const desk = useDesk();
  const { words } = desk;
  const zone = zoneOf(desk);
  const format = desk.format.value;
  switch (screen.at) {
    case 'idle':
      return (
        <div class="idle-next">
          <p class="booth-lead">
            {words.t('booth.idle')}{' '}
            <span>{words.t('booth.begins', { time: format.time(at(screen.next.starts_at), zone) })}</span>
          </p>
          <Title name={screen.next.buyer.name}>
            <bdi>{screen.next.buyer.name}</bdi>
          </Title>
          <p class="booth-facts">
            <BuyerFacts consultation={screen.next} />
          </p>
          <p class="booth-hint">
            {words.t('booth.idleTodo', { time: format.time(at(screen.next.opens_at), zone) })}
          </p>
        </div>
      );
    case 'done':
    case 'empty': {
      const done = screen.at === 'done';
      return (
        <div class="idle-next">
          <Title>{words.t(done ? 'booth.noneToday' : 'booth.emptyTitle')}</Title>
          <p class="booth-facts">{words.t(done ? 'booth.noneTodayBody' : 'booth.emptyBody')}</p>
          {screen.next && <NextDay next={screen.next} />}
          <p class="booth-hint">{words.t('booth.idleLater')}</p>
        </div>
      );
    }
  }
}

function NextDay({ next }: { next: Consultation }) {
  const desk = useDesk();
  const zone = zoneOf(desk);
  const format = desk.format.value;
  const start = at(next.starts_at);
  return (
    <p class="booth-facts">
      {desk.words.t('booth.nextDay', { when: `${format.day(start, zone)} ${format.time(start, zone)}` })}
    </p>
  );
}
