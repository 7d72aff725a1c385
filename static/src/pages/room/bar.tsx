/** The top of the room: who with whom, the time left, both clocks. */
import { digits, sameClock } from '../../i18n/format';
import type { RoomModel } from '../../room/model';
import { State } from '../../ui/state';
import { Title } from '../../ui/title';
import { useDesk, zoneOf } from '../desk';
import { at } from '../meeting';
import { signOf } from '../phases';
import { weekday } from '../span';
import { type Remaining, remaining } from './remaining';

const keys = {
  start: 'room.startsIn',
  left: 'room.left',
  over: 'room.over',
  farewell: 'room.closesIn',
} as const;

export function Bar({ room }: { room: RoomModel }) {
  const { visit, words, now } = useDesk();
  const clock = room.clock.value;
  const rest = remaining(clock, now.value);
  const { firm, buyer, booth } = room.consultation;
  const sign = signOf(clock.phase);
  return (
    <header class="bar" data-hurry={hurried(rest)}>
      <div class="bar-who">
        <Title>
          {firm.name} <span class="bar-and">·</span> {buyer.name}
        </Title>
        <p class="bar-where">
          <State tone={sign.tone} shape={sign.shape} testid="phase" phase={clock.phase}>
            {words.t(`phase.${clock.phase}`)}
          </State>
          <span class="bar-booth">{visit.bootstrap.value?.booth ?? booth}</span>
        </p>
      </div>
      <p class="bar-left" role="timer" data-testid="clock">
        {rest.counts === 'ended' ? (
          <span class="bar-word">{words.t('room.ended')}</span>
        ) : (
          <>
            <span class="bar-digits digits">
              {rest.counts === 'over' && '+'}
              {digits(rest.ms)}
            </span>
            <span class="bar-word">{words.t(keys[rest.counts])}</span>
          </>
        )}
      </p>
      <Clocks ends={at(clock.ends_at)} />
      <span class="thread" aria-hidden="true">
        <span style={{ width: `${share(rest) * 100}%` }} />
      </span>
    </header>
  );
}

function Clocks({ ends }: { ends: number }) {
  const desk = useDesk();
  const { words, now } = desk;
  const format = desk.format.value;
  const center = zoneOf(desk);
  const zones = sameClock(center, desk.here, now.value)
    ? ([['center', center]] as const)
    : ([
        ['yours', desk.here],
        ['center', center],
      ] as const);
  return (
    <dl class="bar-clocks">
      {zones.map(([whose, zone]) => (
        <div key={whose}>
          <dt>{words.t(`time.${whose}`)}</dt>
          <dd>
            <time>
              <small>{weekday(now.value, zone, words.language.value)}</small> {format.time(now.value, zone)}
            </time>{' '}
            <span>{words.t('room.until', { time: format.time(ends, zone) })}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function share(rest: Remaining): number {
  switch (rest.counts) {
    case 'start':
      return 0;
    case 'left':
      return rest.share;
    case 'over':
    case 'farewell':
    case 'ended':
      return 1;
  }
}

function hurried(rest: Remaining): 'no' | 'soon' | 'now' {
  if (rest.counts === 'farewell') {
    return 'now';
  }
  return rest.counts === 'over' || (rest.counts === 'left' && rest.ms <= 5 * 60_000) ? 'soon' : 'no';
}
