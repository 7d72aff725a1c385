/** Who is ready for the coming days, by the tests that they have run: red first in the counts, never in the order. */
import { useSignal } from '@preact/signals';
import { RefreshCw } from 'lucide-preact';
import { useEffect } from 'preact/hooks';
import { dayKey } from '../../i18n/format';
import type { Light, LinkReadiness } from '../../protocol/types';
import { lightCounts, lights, readinessOf } from '../../room/desk/readiness';
import { Button } from '../../ui/button';
import { type Shape, Sign, State, type Tone } from '../../ui/state';
import { useDesk, zoneOf } from '../desk';
import { at } from '../meeting';
import { ReadyNetwork } from './readynetwork';
import { useStaff } from './staff';
import { Waits } from './waits';

const signs: Record<Light, { tone: Tone; shape: Shape }> = {
  red: { tone: 'late', shape: 'mark' },
  amber: { tone: 'wait', shape: 'half' },
  untested: { tone: 'idle', shape: 'ring' },
  green: { tone: 'live', shape: 'full' },
};

export function ReadinessPage() {
  const desk = useDesk();
  const { words } = desk;
  const { readiness } = useStaff();
  const shown = useSignal<Light | 'all'>('all');
  const zone = zoneOf(desk);
  useEffect(() => {
    void readiness.load();
  }, [readiness]);
  const load = readiness.now.value;
  const all = readinessOf(load.at === 'ready' ? load.value.links : [], 'all');
  const counts = lightCounts(all);
  const days = new Map<string, LinkReadiness[]>();
  for (const link of readinessOf(all, shown.value)) {
    const key = dayKey(at(link.next ?? ''), zone);
    days.set(key, [...(days.get(key) ?? []), link]);
  }
  return (
    <>
      <div class="console-top">
        <h1 tabIndex={-1}>{words.t('readiness.title')}</h1>
        <Button icon={RefreshCw} onClick={() => void readiness.load()} testid="readiness-reload">
          {words.t('readiness.reload')}
        </Button>
      </div>
      <Waits load={load} again={() => void readiness.load()} />
      {load.at === 'ready' && (
        <fieldset class="filters lights">
          <legend class="hidden">{words.t('links.filter')}</legend>
          <button
            type="button"
            class="day"
            aria-pressed={shown.value === 'all'}
            onClick={() => {
              shown.value = 'all';
            }}
          >
            {words.t('readiness.all')} <span class="digits filter-count">{all.length}</span>
          </button>
          {lights.map((light) => (
            <button
              key={light}
              type="button"
              class="day"
              data-tone={signs[light].tone}
              aria-pressed={shown.value === light}
              data-testid={`light-${light}`}
              onClick={() => {
                shown.value = light;
              }}
            >
              <Sign shape={signs[light].shape} />
              {words.t(`readiness.light.${light}`)} <span class="digits filter-count">{counts[light]}</span>
            </button>
          ))}
        </fieldset>
      )}
      {load.at === 'ready' && days.size === 0 && <p class="console-empty">{words.t('readiness.none')}</p>}
      {[...days].map(([key, links]) => (
        <section key={key} class="ready-day" aria-labelledby={`ready-${key}`}>
          <h2 id={`ready-${key}`}>{desk.format.value.day(at(links[0]?.next ?? ''), zone)}</h2>
          <ul>
            {links.map((link) => (
              <Seat key={link.link} link={link} />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function Seat({ link }: { link: LinkReadiness }) {
  const desk = useDesk();
  const { words } = desk;
  const zone = zoneOf(desk);
  const format = desk.format.value;
  const { tone, shape } = signs[link.light];
  const reasons = link.reasons.map((reason) => words.t(`readiness.reason.${reason}`));
  return (
    <li class="ready-seat" data-tone={tone} data-testid="ready" data-light={link.light}>
      <State tone={tone} shape={shape}>
        {words.t(`readiness.light.${link.light}`)}
      </State>
      <p class="ready-who">
        <time dateTime={link.next}>{format.time(at(link.next ?? ''), zone)}</time>{' '}
        <strong>
          <bdi>{link.name}</bdi>
        </strong>{' '}
        <small>
          {link.kind !== 'booth' && words.t(`role.${link.role}`)}
          {link.seat > 1 && ` · ${words.t('links.colleague', { number: link.seat })}`}
        </small>
      </p>
      <div class="ready-why">
        {link.light === 'untested' ? (
          <p>{words.t('readiness.never')}</p>
        ) : reasons.length === 0 ? (
          <p>{words.t('readiness.fine')}</p>
        ) : (
          reasons.map((reason) => <p key={reason}>{reason}</p>)
        )}
        {link.test && <ReadyNetwork test={link.test} />}
        {link.test && link.at && (
          <small>
            {words.t('readiness.tested', {
              when: `${format.shortDay(at(link.at), zone)} ${format.time(at(link.at), zone)}`,
              browser: link.test.browser,
            })}
            {link.test.rtt_ms > 0 && ` · ${words.t('readiness.rtt', { ms: Math.round(link.test.rtt_ms) })}`}
          </small>
        )}
      </div>
    </li>
  );
}
