/** The wall: every room that needs eyes now, trouble first, and the detail of one beside it. */
import { useSignal } from '@preact/signals';
import { CircleAlert, UserCheck, X } from 'lucide-preact';
import { useCallback, useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { WallState } from '../../../room/model';
import { Button } from '../../../ui/button';
import { Note } from '../../../ui/note';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { useStaff } from '../staff';
import { Crew } from './crew';
import { Detail } from './detail';
import { columnsOf, moved } from './grid';
import {
  keeping,
  nextIn,
  onTop,
  onWall,
  places,
  roomOf,
  type Standings,
  standingsOf,
  upcoming,
  type WallRoom,
  worstOf,
} from './rooms';
import { useSight } from './sight';
import { Tile, tileId } from './tile';
import { lookOf } from './truth';
import { useListen } from './use';

/** More rooms than this, and a tile has one picture: whoever spoke last. */
const twoPictures = 16;
/** So few, and their pictures are larger. */
const few = 4;

export function WallPage() {
  const desk = useDesk();
  const { words, visit, now } = desk;
  const staff = useStaff();
  const { board, room: open } = staff;
  const me = visit.bootstrap.value?.you.id ?? '';
  const mine = useSignal(false);
  const all = board.rows.value
    .filter((row) => onWall(row, now.value))
    .map((row) =>
      roomOf(
        row,
        board.vitals.value.get(row.consultation.id) ?? row.vitals ?? [],
        board.notes.value,
        now.value,
      ),
    );
  const rooms = mine.value ? all.filter(({ row }) => row.care?.id === me) : all;
  const needs = all.filter(({ rank }) => rank >= onTop);
  const wanted = open.value;
  const shown = board.rows.value.find((row) => row.consultation.id === wanted);
  const close = () => {
    const id = open.value;
    open.value = null;
    if (id) document.getElementById(tileId(id))?.focus({ preventScroll: true });
  };
  // A room that has left the board leaves its detail, too; an effect of an earlier drawing must not shut a later one.
  const gone = wanted !== null && !shown ? wanted : null;
  useEffect(() => {
    if (gone !== null && open.peek() === gone) open.value = null;
  }, [open, gone]);
  return (
    <div class="wall" data-open={shown !== undefined}>
      <div class="wall-main">
        <div class="console-top wall-top">
          <h1 tabIndex={-1}>{words.t('wall.title')}</h1>
          <p class="wall-counts">
            <span data-testid="wall-count">{words.t('wall.rooms', { count: all.length })}</span>
            {needs.length > 0 && (
              <strong data-tone={lookOf(worstOf(needs)).tone} data-testid="wall-needs">
                <CircleAlert size={18} aria-hidden="true" />
                {words.t('wall.needs', { count: needs.length })}
              </strong>
            )}
          </p>
          <Pictures state={board.wall.state.value} />
          <div class="wall-tools">
            <span class="wall-keys">{words.t('wall.keys')}</span>
            <button
              type="button"
              class="button"
              aria-pressed={mine.value}
              data-testid="wall-mine"
              onClick={() => {
                mine.value = !mine.value;
              }}
            >
              <UserCheck size={20} aria-hidden="true" />
              <span>{words.t('wall.mine')}</span>
            </button>
            <Crew />
          </div>
        </div>
        {staff.trouble.value && (
          <Note
            icon={CircleAlert}
            tone="late"
            action={
              <Button
                look="plain"
                icon={X}
                onClick={() => {
                  staff.trouble.value = null;
                }}
              >
                {words.t('room.close')}
              </Button>
            }
          >
            {staff.trouble.value}
          </Note>
        )}
        {rooms.length === 0 ? (
          <Empty mine={mine.value && all.length > 0} />
        ) : (
          <Grid rooms={rooms} onClose={close} />
        )}
      </div>
      {shown && <Detail key={shown.consultation.id} row={shown} onClose={close} />}
    </div>
  );
}

/** Says something only while pictures are not as they should be. */
function Pictures({ state }: { state: WallState }) {
  const { words } = useDesk();
  return (
    <p class="wall-pictures" role="status" data-testid="wall-pictures" data-state={state}>
      {(state === 'connecting' || state === 'failed') && words.t(`wall.pictures.${state}`)}
    </p>
  );
}

function Empty({ mine }: { mine: boolean }) {
  const desk = useDesk();
  const { words, now } = desk;
  const { board } = useStaff();
  const zone = zoneOf(desk);
  const next = upcoming(board.rows.value, now.value);
  return (
    <div class="wall-empty" data-testid="wall-empty">
      <p>{words.t(mine ? 'wall.mineNone' : 'wall.none')}</p>
      {!mine && (
        <p>
          {next
            ? words.t('wall.upcoming', {
                day: desk.format.value.shortDay(at(next.clock.starts_at), zone),
                time: desk.format.value.time(at(next.clock.starts_at), zone),
                booth: next.consultation.booth,
                firm: next.consultation.firm.name,
                buyer: next.consultation.buyer.name,
              })
            : words.t('wall.over')}
        </p>
      )}
    </div>
  );
}

function Grid({ rooms, onClose }: { rooms: WallRoom[]; onClose: () => void }) {
  const desk = useDesk();
  const { words, now } = desk;
  const { board, room: open } = useStaff();
  const listen = useListen();
  const list = useRef<HTMLUListElement>(null);
  const standings = useRef<Standings>(new Map());
  const before = useRef<readonly string[]>([]);
  const held = useSignal<string | null>(null);
  const stop = useSignal<string | null>(null);
  standings.current = standingsOf(standings.current, rooms, now.value);
  const order = keeping(places(rooms, standings.current), before.current, held.value);
  before.current = order;
  const byId = new Map(rooms.map((room) => [room.row.consultation.id, room]));
  const sorted = order.flatMap((id) => byId.get(id) ?? []);
  const tabStop = stop.value !== null && byId.has(stop.value) ? stop.value : (order[0] ?? null);
  const large = open.value;
  const dense = rooms.length > twoPictures;
  const inSight = useRef<string[]>([]);
  const show = useCallback(
    (seen: string[]) => {
      inSight.current = seen;
      board.wall.show(seen, open.peek());
    },
    [board, open],
  );
  useSight(list, order.join(' '), show);
  // A node that is moved among its neighbours loses the focus; nobody who works by keys may be thrown out by an alert.
  const active = list.current?.ownerDocument.activeElement ?? null;
  const working = list.current?.contains(active) ? (active as HTMLElement) : null;
  useLayoutEffect(() => {
    if (working?.isConnected && working.ownerDocument.activeElement !== working) {
      working.focus({ preventScroll: true });
    }
  });
  useEffect(() => board.wall.show(inSight.current, large), [board, large]);
  useEffect(() => () => board.wall.show([], null), [board]);
  const roomAt = (target: EventTarget | null): string | null =>
    (target as Element | null)?.closest<HTMLElement>('[data-room]')?.dataset.room ?? null;
  const keys = (event: KeyboardEvent) => {
    const id = roomAt(event.target);
    if (id === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'l' || event.key === 'L' || event.key === 'ㅣ') {
      event.preventDefault();
      listen(id);
      return;
    }
    if (event.key === 'Escape' && open.value !== null) {
      event.preventDefault();
      onClose();
      return;
    }
    const tiles = [...(list.current?.querySelectorAll<HTMLElement>('[data-room]') ?? [])];
    const columns = columnsOf(tiles.map((tile) => tile.offsetTop));
    const to = moved(event.key, order.indexOf(id), columns, order.length);
    const there = to === null ? undefined : order[to];
    if (there === undefined) return;
    event.preventDefault();
    stop.value = there;
    document.getElementById(tileId(there))?.focus();
  };
  return (
    // The keys are those of the buttons inside; the list itself takes no focus.
    <ul
      ref={list}
      class="wall-grid"
      aria-label={words.t('wall.grid')}
      data-dense={dense}
      data-few={rooms.length <= few}
      data-testid="wall-grid"
      onKeyDown={keys}
      onPointerOver={(event) => {
        held.value = roomAt(event.target);
      }}
      onPointerLeave={() => {
        held.value = roomAt(list.current?.ownerDocument.activeElement ?? null);
      }}
      onFocusIn={(event) => {
        held.value = roomAt(event.target);
      }}
      onFocusOut={() => {
        held.value = null;
      }}
    >
      {sorted.map((room) => (
        <Tile
          key={room.row.consultation.id}
          room={room}
          dense={dense}
          next={nextIn(room.row, board.rows.value, zoneOf(desk))}
          stop={room.row.consultation.id === tabStop}
          onFocus={() => {
            stop.value = room.row.consultation.id;
          }}
        />
      ))}
    </ul>
  );
}
