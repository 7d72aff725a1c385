import { useEffect, useRef } from 'preact/hooks';
import { useDesk, zoneOf } from '../desk';

interface Props {
  days: readonly { key: string; at: number }[];
  day: string | null;
  today: string;
  onChoose: (key: string) => void;
}

/** The event's days, in the center's calendar. */
export function Days({ days, day, today, onChoose }: Props) {
  const desk = useDesk();
  const { words } = desk;
  const zone = zoneOf(desk);
  const list = useRef<HTMLElement>(null);
  // On a phone the days do not fit; the one that is shown must be among those in sight.
  useEffect(() => {
    const shown = list.current?.querySelector<HTMLElement>('[aria-pressed="true"]');
    if (list.current && shown) {
      list.current.scrollLeft = shown.offsetLeft - list.current.offsetLeft;
    }
  }, [day]);
  return (
    <nav class="days" aria-label={words.t('console.days')} ref={list}>
      {days.map(({ key, at }) => (
        <button
          key={key}
          type="button"
          class="day"
          aria-pressed={key === day}
          data-testid="day"
          data-day={key}
          onClick={() => onChoose(key)}
        >
          {desk.format.value.shortDay(at, zone)}
          {key === today && <span class="day-today">{words.t('time.today')}</span>}
        </button>
      ))}
    </nav>
  );
}
