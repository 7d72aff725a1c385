/** One room on the wall: what a coordinator must know of it, and the one thing to do next. */
import { computed, useComputed } from '@preact/signals';
import { ArrowRight, Ear, Mic, UserRoundCheck } from 'lucide-preact';
import { useMemo } from 'preact/hooks';
import type { Row } from '../../../protocol/types';
import { Sign, State } from '../../../ui/state';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { signOf } from '../../phases';
import { useStaff } from '../staff';
import { firstSeat, remainingOf } from './clock';
import { Frame } from './frame';
import { ownMode } from './help';
import { nextOf } from './next';
import type { WallRoom } from './rooms';
import { lookOf } from './truth';
import { useDoNext } from './use';
import { useCalm, useMatter, useRemaining } from './words';

interface Props {
  room: WallRoom;
  next: Row | null;
  /** many rooms: one picture, of whoever spoke last */
  dense: boolean;
  /** the one stop of the Tab key among the tiles */
  stop: boolean;
  onFocus: () => void;
}

export function Tile({ room, next, dense, stop, onFocus }: Props) {
  const desk = useDesk();
  const { words, now } = desk;
  const staff = useStaff();
  const matterOf = useMatter();
  const remaining = useRemaining();
  const { row, worst, rank, others } = room;
  const { consultation, clock } = row;
  const { id, booth, firm, buyer } = consultation;
  const open = useComputed(() => staff.room.value === id).value;
  const country = desk.format.value.country(buyer.country);
  const sign = signOf(clock.phase);
  const calm = useCalm()(row);
  const look = worst ? lookOf(rank) : calm;
  const said = worst ? matterOf(worst, row) : calm.say;
  const left = remainingOf(row, now.value);
  return (
    <li
      class="wall-room"
      data-room={id}
      data-tone={look.tone}
      data-rank={rank}
      data-open={open}
      data-testid="wall-room"
    >
      <button
        type="button"
        class="wall-open"
        id={tileId(id)}
        tabIndex={stop ? 0 : -1}
        aria-pressed={open}
        aria-label={words.t('wall.tile', {
          booth,
          firm: firm.name,
          buyer: buyer.name,
          country,
          phase: words.t(`phase.${clock.phase}`),
          clock: remaining(row, true),
          matter: said,
        })}
        data-testid="wall-open"
        onFocus={onFocus}
        onClick={() => {
          staff.room.value = open ? null : id;
        }}
      />
      <div class="wall-head">
        <strong class="wall-booth">
          <bdi>{booth}</bdi>
        </strong>
        <State tone={sign.tone} shape={sign.shape} testid="wall-phase" phase={clock.phase}>
          {words.t(`phase.${clock.phase}`)}
        </State>
        <span
          class="wall-clock digits"
          data-to={left.to}
          data-soon={left.to === 'end' && left.ms < 5 * 60_000}
        >
          {remaining(row)}
        </span>
      </div>
      <div class="wall-body">
        <div class="wall-frames">
          {dense ? (
            <Spoken row={row} />
          ) : (
            <>
              <Frame row={row} of="firm" />
              <Frame row={row} of="buyer" />
            </>
          )}
        </div>
        <div class="wall-who">
          <strong>
            <bdi>{firm.name}</bdi>
          </strong>
          <span>
            <bdi>{buyer.name}</bdi>
          </span>
          <small>{country}</small>
          <Interpreter row={row} />
        </div>
      </div>
      <p class="wall-matter" data-tone={look.tone} data-calm={worst === null} data-testid="wall-matter">
        <Sign shape={look.shape} />
        <span class="wall-said">{said}</span>
        {others > 0 && <span class="wall-more">{words.t('wall.matter.more', { count: others })}</span>}
      </p>
      <div class="wall-foot">
        <p class="wall-notes">
          <Care row={row} />
          <Helped row={row} />
          {next && (
            <span class="wall-next">
              <ArrowRight size={14} aria-hidden="true" />
              <span>
                {words.t('wall.next', {
                  time: desk.format.value.time(at(next.clock.starts_at), zoneOf(desk)),
                  buyer: next.consultation.buyer.name,
                })}
              </span>
            </span>
          )}
        </p>
        <NextButton room={room} stop={stop} />
      </div>
    </li>
  );
}

export function tileId(consultation: string): string {
  return `tile-${consultation}`;
}

function NextButton({ room, stop }: { room: WallRoom; stop: boolean }) {
  const { words } = useDesk();
  const staff = useStaff();
  const doNext = useDoNext();
  const { id, booth } = room.row.consultation;
  const next = nextOf(room, staff.acts);
  const listens = useComputed(() => {
    const state = staff.board.help.state.value;
    return state.mode === 'listen' && state.consultation === id;
  }).value;
  const word = next.do === 'listen' && listens ? 'quiet' : next.do;
  return (
    <button
      type="button"
      class="button wall-do"
      data-look={room.rank >= 2 && staff.acts ? 'main' : undefined}
      data-do={next.do}
      data-testid="wall-next"
      tabIndex={stop ? 0 : -1}
      onClick={() => doNext(room.row, next)}
    >
      {words.t(`wall.next_action.${word}`)}
      <span class="hidden"> {booth}</span>
    </button>
  );
}

/** The server sends one picture of each of many rooms: that one, and without any who is awaited. */
function Spoken({ row }: { row: Row }) {
  const { board } = useStaff();
  const [firm, buyer] = [firstSeat(row, 'firm')?.seat ?? '', firstSeat(row, 'buyer')?.seat ?? ''];
  const shown = useMemo(
    () =>
      computed(() =>
        board.wall.pictures.value.has(firm) && !board.wall.pictures.value.has(buyer) ? 'firm' : 'buyer',
      ),
    [board, firm, buyer],
  );
  return <Frame row={row} of={shown.value} />;
}

/** Beside the pictures of firm and buyer: the interpreter has none here, and must be known to be there. */
function Interpreter({ row }: { row: Row }) {
  const { words, now } = useDesk();
  if (!row.consultation.interpreter.name) return <small>{words.t('wall.interpreter.none')}</small>;
  const state = firstSeat(row, 'interpreter')?.state ?? 'absent';
  const begun = now.value >= at(row.clock.starts_at);
  const tone = state === 'here' ? 'live' : begun || state === 'lobby' ? 'wait' : 'idle';
  return (
    <small class="wall-interpreter" data-tone={tone}>
      <Sign shape={state === 'here' ? 'full' : state === 'lobby' || state === 'away' ? 'half' : 'ring'} />
      {words.t(`wall.interpreter.${state}`)}
    </small>
  );
}

function Care({ row }: { row: Row }) {
  const { words, visit } = useDesk();
  const { care } = row;
  if (!care) return <span class="wall-care">{words.t('wall.care.nobody')}</span>;
  const mine = care.id === visit.bootstrap.value?.you.id;
  return (
    <span class="wall-care" data-mine={mine}>
      <UserRoundCheck size={14} aria-hidden="true" />
      {mine ? words.t('wall.care.mine') : words.t('wall.care.by', { name: care.name })}
    </span>
  );
}

/** Coordinators who listen or speak there just now. */
function Helped({ row }: { row: Row }) {
  const { words } = useDesk();
  const { board } = useStaff();
  const own = useComputed(() => ownMode(board.help.state.value, row.consultation.id)).value;
  if (own) {
    const Own = own === 'speak' ? Mic : Ear;
    return (
      <span class="wall-helped" data-mode={own}>
        <Own size={14} aria-hidden="true" />
        {words.t(`wall.helped.own.${own}`)}
      </span>
    );
  }
  const [helper] = row.helpers ?? [];
  if (!helper || helper.mode === 'quiet') return null;
  const Shown = helper.mode === 'speak' ? Mic : Ear;
  return (
    <span class="wall-helped" data-mode={helper.mode}>
      <Shown size={14} aria-hidden="true" />
      {words.t(`wall.helped.${helper.mode}`, { name: helper.name })}
    </span>
  );
}
