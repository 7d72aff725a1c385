/** What can be offered instead: a time that is free for all, told in both zones, or a buyer who stands by. */

import { Phone } from 'lucide-preact';
import { useEffect } from 'preact/hooks';
import type { Row, Script } from '../../../protocol/types';
import type { Edit } from '../../../room/desk/timetable';
import { Button } from '../../../ui/button';
import { Sign } from '../../../ui/state';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { useStaff } from '../staff';
import { Change } from '../timetable/change';
import { phoneHref } from './chase';

export function Offers({ row, script }: { row: Row; script: Script }) {
  const desk = useDesk();
  const { words, now } = desk;
  const { timetable, acts } = useStaff();
  const format = desk.format.value;
  const center = zoneOf(desk);
  const { id, buyer } = row.consultation;
  useEffect(() => {
    timetable.editing.reset();
    return () => timetable.editing.reset();
  }, [timetable]);
  // The revision that the change is checked on is the one read now.
  const check = (edit: Edit) => async () => {
    await timetable.table.load();
    await timetable.check(edit);
  };
  const when = (time: string, zone: string) =>
    words.t('chase.there', { day: format.shortDay(at(time), zone), time: format.time(at(time), zone) });
  return (
    <div class="offers">
      <h4>{words.t('chase.times')}</h4>
      {script.times.length === 0 && <p class="room-quiet">{words.t('chase.noTimes')}</p>}
      <ul>
        {script.times.map((time) => (
          <li key={`${time.starts_at} ${time.booth}`} data-testid="offer-time">
            <span>
              <strong class="digits">{when(time.starts_at, center)}</strong> · <bdi>{time.booth_name}</bdi>
              <small>{words.t('chase.buyerTime', { time: when(time.starts_at, buyer.zone) })}</small>
            </span>
            {acts && (
              <Button
                testid="offer-move"
                onClick={check({
                  op: 'reschedule',
                  consultation: id,
                  start: time.starts_at,
                  end: time.ends_at,
                  booth: time.booth,
                })}
              >
                {words.t('chase.moveTo')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <h4>{words.t('chase.standBys')}</h4>
      {script.stand_bys.length === 0 && <p class="room-quiet">{words.t('chase.noStandBys')}</p>}
      <ul>
        {script.stand_bys.map((one) => {
          const href = phoneHref(one.phone);
          return (
            <li key={one.buyer} data-testid="stand-by">
              <span>
                <strong>
                  <bdi>{one.name}</bdi>
                </strong>{' '}
                <small>
                  {format.country(one.country)} ·{' '}
                  {words.t('chase.speaks', { language: format.tongue(one.language) })} ·{' '}
                  {words.t('chase.local', { time: format.time(now.value, one.zone || center) })}
                </small>
                <span class="stand-by" data-tone={one.online ? 'live' : 'idle'}>
                  <Sign shape={one.online ? 'full' : 'ring'} />
                  {words.t(one.online ? 'chase.online' : 'chase.offline')}
                </span>
                {href && (
                  <a href={href}>
                    <Phone size={16} aria-hidden="true" /> <bdi class="digits">{one.phone}</bdi>
                  </a>
                )}
              </span>
              {acts && (
                <Button
                  testid="stand-by-swap"
                  onClick={check({ op: 'replace_buyer', consultation: id, buyer: one.buyer })}
                >
                  {words.t('chase.swap')}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      <Change proposal={timetable.editing} table={timetable.table.value} />
    </div>
  );
}
