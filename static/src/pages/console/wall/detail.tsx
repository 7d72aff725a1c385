/** One room closely: who is there and how they fare, and everything a coordinator can do for them. */
import { useSignal } from '@preact/signals';
import { UserRoundCheck } from 'lucide-preact';
import type { Row } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { Sign, State } from '../../../ui/state';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { signOf } from '../../phases';
import { useDoing } from '../doing';
import { useStaff } from '../staff';
import { stageOf } from './chase';
import { Chase } from './chaseview';
import { Helping } from './helping';
import { RoomLog } from './log';
import { mattersOf, rankOf } from './matters';
import { Panel } from './panel';
import { People } from './people';
import { Run } from './run';
import { Thread } from './thread';
import { lookOf } from './truth';
import { useMatter, useRemaining } from './words';

export function Detail({ row, onClose }: { row: Row; onClose: () => void }) {
  const desk = useDesk();
  const { words, now } = desk;
  const { acts } = useStaff();
  const format = desk.format.value;
  const zone = zoneOf(desk);
  const { consultation, clock } = row;
  const title = `${consultation.booth} · ${words.t('detail.times', {
    from: format.time(at(clock.starts_at), zone),
    to: format.time(at(clock.ends_at), zone),
  })}`;
  const going = clock.phase !== 'ended' && clock.phase !== 'cancelled';
  return (
    <Panel title={title} close={words.t('room.close')} onClose={onClose}>
      <About row={row} />
      <Matters row={row} />
      {stageOf(row, now.value).stage !== 'none' && <Chase row={row} />}
      {going && acts && <Helping row={row} />}
      {going && <People row={row} />}
      <Thread row={row} />
      {acts && <Run row={row} onClose={onClose} />}
      {acts && <RoomLog row={row} />}
    </Panel>
  );
}

function About({ row }: { row: Row }) {
  const desk = useDesk();
  const { words } = desk;
  const remaining = useRemaining();
  const format = desk.format.value;
  const { firm, buyer } = row.consultation;
  const sign = signOf(row.clock.phase);
  return (
    <div class="room-about">
      <p class="room-names">
        <strong>
          <bdi>{firm.name}</bdi>
        </strong>
        <strong>
          <bdi>{buyer.name}</bdi>
        </strong>
      </p>
      <p class="room-facts">
        <span>{words.t('detail.products', { products: firm.products })}</span>
        <span>
          {format.country(buyer.country)} · {format.tongue(buyer.language)}
        </span>
        <span>{words.t('detail.theirs', { time: format.time(desk.now.value, buyer.zone) })}</span>
      </p>
      <p class="room-state">
        <State tone={sign.tone} shape={sign.shape}>
          {words.t(`phase.${row.clock.phase}`)}
        </State>
        <strong class="digits">{remaining(row)}</strong>
        <Care row={row} />
      </p>
    </div>
  );
}

function Care({ row }: { row: Row }) {
  const { words, visit } = useDesk();
  const { board, acts } = useStaff();
  const doing = useDoing();
  const asked = useSignal(false);
  const { care } = row;
  const mine = care !== undefined && care.id === visit.bootstrap.value?.you.id;
  const set = (take: boolean) => {
    asked.value = false;
    doing.run(() => board.steer.care(row.consultation.id, take));
  };
  return (
    <span class="room-care">
      <span>
        {mine
          ? words.t('wall.care.mine')
          : care
            ? words.t('wall.care.by', { name: care.name })
            : words.t('wall.care.nobody')}
      </span>
      {acts && (
        <Button
          icon={UserRoundCheck}
          busy={doing.busy}
          testid="care"
          onClick={() => {
            // Taking it from somebody else is asked for once: they work on it just now.
            if (mine) set(false);
            else if (care && !asked.value) asked.value = true;
            else set(true);
          }}
        >
          {words.t(mine ? 'wall.care.drop' : 'wall.care.take')}
        </Button>
      )}
      <span role="status">
        {asked.value && care && words.t('wall.care.instead', { name: care.name })}
        {doing.failed}
      </span>
    </span>
  );
}

/** All that is the matter, in a list: the tile has shown the worst alone. */
function Matters({ row }: { row: Row }) {
  const { now } = useDesk();
  const { board } = useStaff();
  const say = useMatter();
  const vitals = board.vitals.value.get(row.consultation.id) ?? row.vitals ?? [];
  // A symptom stands with its person, with the remedy.
  const matters = mattersOf(row, vitals, board.notes.value, now.value).filter(
    ({ what }) => what !== 'symptom',
  );
  if (matters.length === 0) return null;
  return (
    <ul class="room-matters">
      {matters.map((matter) => {
        const look = lookOf(rankOf(matter, vitals));
        return (
          <li key={JSON.stringify(matter)} class="wall-matter" data-tone={look.tone}>
            <Sign shape={look.shape} />
            <span class="wall-said">{say(matter, row)}</span>
          </li>
        );
      })}
    </ul>
  );
}
