import { type Shape, State, type Tone } from '../../ui/state';
import { useDesk, zoneOf } from '../desk';
import type { Line, Turn } from '../meeting';
import { at } from '../meeting';

const turns: Record<
  Exclude<Turn, 'later'>,
  { tone: Tone; shape: Shape; key: 'phase.ended' | 'booth.next' | 'phase.cancelled' }
> = {
  past: { tone: 'idle', shape: 'bar', key: 'phase.ended' },
  next: { tone: 'live', shape: 'full', key: 'booth.next' },
  cancelled: { tone: 'late', shape: 'cross', key: 'phase.cancelled' },
};

/**
 * The day of this booth, in the order of the clock. Firms take turns here: each reads whom it meets
 * itself, of the others only whose turn it will be, and of who was here before nothing.
 */
export function Timetable({ lines }: { lines: Line[] }) {
  const desk = useDesk();
  const { words } = desk;
  const format = desk.format.value;
  const zone = zoneOf(desk);
  return (
    <aside class="booth-day" aria-labelledby="booth-day">
      <h2 id="booth-day">{words.t('booth.today')}</h2>
      <ol>
        {lines.map(({ consultation, turn }) => (
          <li
            key={consultation.id}
            data-turn={turn}
            data-testid="booth-line"
            data-consultation={consultation.id}
          >
            <time dateTime={consultation.starts_at}>{format.time(at(consultation.starts_at), zone)}</time>
            {turn !== 'past' && (
              <span class="booth-line">
                <strong>
                  <bdi>{turn === 'next' ? consultation.buyer.name : consultation.firm.name}</bdi>
                </strong>
                {turn === 'next' && (
                  <>
                    <span>{format.country(consultation.buyer.country)}</span>
                    <span>
                      <bdi>{consultation.firm.name}</bdi>
                    </span>
                  </>
                )}
              </span>
            )}
            {turn !== 'later' && (
              <State tone={turns[turn].tone} shape={turns[turn].shape}>
                {words.t(turns[turn].key)}
              </State>
            )}
          </li>
        ))}
      </ol>
    </aside>
  );
}
