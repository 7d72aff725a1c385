/** What time it is, here and at the event, with the weekday; one clock where they agree. */
import { sameClock } from '../i18n/format';
import { useDesk, zoneOf } from './desk';
import { weekday } from './span';

export function NowClocks() {
  const desk = useDesk();
  const { visit, words, now, here } = desk;
  const format = desk.format.value;
  const center = zoneOf(desk);
  if (!visit.bootstrap.value) {
    return null;
  }
  const zones = sameClock(center, here, now.value)
    ? ([['center', center]] as const)
    : ([
        ['yours', here],
        ['center', center],
      ] as const);
  return (
    <dl class="now" data-testid="now">
      {zones.map(([whose, zone]) => (
        <div key={whose}>
          <dt>{words.t(`time.${whose}`)}</dt>
          <dd>
            {weekday(now.value, zone, words.language.value)} <time>{format.time(now.value, zone)}</time>
          </dd>
        </div>
      ))}
    </dl>
  );
}
