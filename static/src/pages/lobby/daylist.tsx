/** All consultations of a link with several: a line each, with its state and both clocks. */
import { sameClock } from '../../i18n/format';
import type { Consultation } from '../../protocol/types';
import type { DayLine } from '../../room/model';
import { Button } from '../../ui/button';
import { jumpTo } from '../../ui/jump';
import { State } from '../../ui/state';
import { useDesk, zoneOf } from '../desk';
import { at, othersOf } from '../meeting';
import { daysOf, lookOf } from './day';

export function DayList() {
  const { visit, words, format, here } = useDesk();
  const lines = visit.day.value;
  if (lines.length < 2) {
    return null;
  }
  return (
    <section class="days-list" aria-labelledby="days-list">
      <h2 id="days-list">{words.t('day.title')}</h2>
      {daysOf(lines, here).map((day) => (
        <div key={day.key}>
          <h3 class="eyebrow">{format.value.day(day.at, here)}</h3>
          <ol>
            {day.lines.map((line) => (
              <Row key={line.consultation.id} line={line} />
            ))}
          </ol>
        </div>
      ))}
    </section>
  );
}

function Row({ line }: { line: DayLine }) {
  const { visit, words } = useDesk();
  const { consultation, state, chosen } = line;
  const { word, tone, shape, opens } = lookOf(line);
  const names = othersOf(visit.bootstrap.value?.you.role ?? 'buyer').map((side) => consultation[side].name);
  const show = () => {
    visit.choose(consultation.id);
    jumpTo('main');
    window.scrollTo({ top: 0 });
  };
  return (
    <li
      class="day-row"
      data-testid="day-row"
      data-consultation={consultation.id}
      data-state={state}
      data-chosen={chosen}
      aria-current={chosen ? 'true' : undefined}
    >
      <Times consultation={consultation} />
      <span class="day-names">
        {names.map((name) => (
          <bdi key={name}>{name}</bdi>
        ))}
      </span>
      <span class="day-state">
        <State tone={chosen ? 'live' : tone} shape={chosen ? 'full' : shape}>
          {words.t(chosen ? 'day.shown' : word)}
        </State>
        {opens && (
          <Button {...(state === 'open' ? { look: 'main' } : {})} onClick={show} testid="day-open">
            {words.t('day.show')}
            <span class="hidden"> {names.join(' · ')}</span>
          </Button>
        )}
      </span>
    </li>
  );
}

function Times({ consultation }: { consultation: Consultation }) {
  const desk = useDesk();
  const { words, here } = desk;
  const format = desk.format.value;
  const zone = zoneOf(desk);
  const [from, to] = [at(consultation.starts_at), at(consultation.ends_at)];
  return (
    <span class="day-times">
      <time dateTime={consultation.starts_at} class="digits">
        {format.time(from, here)}–{format.time(to, here)}
      </time>
      {!sameClock(zone, here, from) && (
        <small class="digits">
          {words.t('time.center')} {format.shortDay(from, zone)} {format.time(from, zone)}
        </small>
      )}
    </span>
  );
}
