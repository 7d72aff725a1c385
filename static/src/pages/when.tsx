import { sameClock } from '../i18n/format';
import { useDesk, zoneOf } from './desk';

/** A time on both clocks: the center's and the reader's. One clock where they agree. */
export function When({ from, to }: { from: number; to: number }) {
  const desk = useDesk();
  const { words } = desk;
  const center = zoneOf(desk);
  const single = sameClock(center, desk.here, from);
  return (
    <section class="clocks" data-single={single} aria-label={words.t('lobby.when')}>
      {!single && <Clock label={words.t('time.yours')} zone={desk.here} from={from} to={to} />}
      <Clock label={words.t('time.center')} zone={center} from={from} to={to} />
    </section>
  );
}

interface ClockProps {
  label: string;
  zone: string;
  from: number;
  to: number;
}

function Clock({ label, zone, from, to }: ClockProps) {
  const format = useDesk().format.value;
  return (
    <div class="clock">
      <span class="clock-label">{label}</span>
      <span class="clock-day">{format.day(from, zone)}</span>
      <span class="clock-time">
        <time dateTime={new Date(from).toISOString()}>{format.time(from, zone)}</time>
        <small>
          – <time dateTime={new Date(to).toISOString()}>{format.time(to, zone)}</time>
        </small>
      </span>
      <span class="clock-zone">
        {format.zone(zone, from)} <span class="clock-offset">({format.offset(zone, from)})</span>
      </span>
    </div>
  );
}
