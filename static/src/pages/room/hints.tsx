/** What people are told over the pictures: the connection first, then sound, then the time. */
import { useSignal } from '@preact/signals';
import { AlarmClockPlus, Clock, Gauge, Hourglass, MessageSquareOff, Volume2, WifiOff } from 'lucide-preact';
import { useEffect, useRef } from 'preact/hooks';
import { patience } from '../../room/connection';
import type { RoomModel } from '../../room/model';
import { Button } from '../../ui/button';
import { Note } from '../../ui/note';
import { CallNote } from '../booth/call';
import { BoothHealth } from '../booth/health';
import { useDesk } from '../desk';
import { afterwards, at, othersOf } from '../meeting';
import { CoordinatorNote } from '../notes';
import { Helpers, OrderNote } from '../steered';
import { gained, hintOf, remaining, stillTold } from './remaining';

export function Hints({ room }: { room: RoomModel }) {
  const { visit } = useDesk();
  const booth = visit.bootstrap.value?.kind === 'booth';
  return (
    <div class="hints" aria-live="polite">
      {booth ? <CallNote /> : <CoordinatorNote />}
      <Helpers room={room} />
      <OrderNote />
      <ConnectionHint />
      <NarrowHint room={room} />
      {booth && visit.connection.value.state === 'connected' && <BoothHealth />}
      <SoundHint room={room} />
      <ExtensionHint room={room} />
      <TimeHint room={room} />
    </div>
  );
}

function ConnectionHint() {
  const { visit, words, now } = useDesk();
  const connection = visit.connection.value;
  switch (connection.state) {
    case 'connected':
      return null;
    case 'connecting':
      return (
        <Note inside icon={Hourglass} testid="connection">
          {words.t('room.connecting')}
        </Note>
      );
    case 'reconnecting':
      return now.value - connection.since < patience ? null : (
        <Note
          inside
          icon={WifiOff}
          tone="wait"
          testid="connection"
          action={<Button onClick={() => visit.retry()}>{words.t('room.retry')}</Button>}
        >
          {words.t('room.reconnecting')}
        </Note>
      );
    case 'late':
      return now.value - connection.since < patience ? null : (
        <Note inside icon={MessageSquareOff} testid="connection">
          {words.t('line.late')}
        </Note>
      );
    case 'no_media':
      return (
        <Note inside icon={WifiOff} tone="wait" testid="connection">
          {words.t('room.noMedia')}
        </Note>
      );
  }
}

/** A line that carries voices alone just now: my own first, then that of who does not see me. */
function NarrowHint({ room }: { room: RoomModel }) {
  const { visit, words } = useDesk();
  if (visit.connection.value.state !== 'connected' && visit.connection.value.state !== 'late') {
    return null;
  }
  const showing = visit.devices.camera.value.state === 'on';
  if (room.resting.value && showing) {
    return (
      <Note inside icon={Gauge} tone="wait" testid="rests">
        {words.t('line.rests')}
      </Note>
    );
  }
  const blind = room.participants.value.find((p) => p.narrow && !p.away && p.id !== room.me);
  return blind && showing ? (
    <Note inside icon={Gauge} testid="narrow">
      {words.t('line.narrow', { name: blind.name })}
    </Note>
  ) : null;
}

function SoundHint({ room }: { room: RoomModel }) {
  const { words } = useDesk();
  return room.soundBlocked.value ? (
    <Button look="main" big icon={Volume2} onClick={() => room.allowSound()} testid="allow-sound">
      {words.t('room.tapToHear')}
    </Button>
  ) : null;
}

/** A consultation that was given more time says so when it happens, to all who sit in it. */
function ExtensionHint({ room }: { room: RoomModel }) {
  const desk = useDesk();
  const { words, now, here } = desk;
  const clock = room.clock.value;
  const known = useRef(clock);
  const news = useSignal({ minutes: 0, since: 0 });
  useEffect(() => {
    const minutes = gained(known.current, clock);
    known.current = clock;
    if (minutes > 0) {
      news.value = { minutes, since: now.peek() };
    }
  }, [clock, news, now]);
  const { minutes, since } = news.value;
  return minutes > 0 && stillTold(since, now.value) ? (
    <Note inside icon={AlarmClockPlus} tone="live" testid="extended">
      {words.t('room.extended', {
        minutes: words.t('time.minutes', { count: minutes }),
        time: desk.format.value.time(at(clock.ends_at), here),
      })}
    </Note>
  ) : null;
}

function TimeHint({ room }: { room: RoomModel }) {
  const { words, now } = useDesk();
  const hint = hintOf(remaining(room.clock.value, now.value), room.warning.value);
  switch (hint) {
    case null:
      return null;
    case 'overrun':
      return (
        <Note inside icon={Clock} testid="time-hint">
          {words.t('room.overrun')}
        </Note>
      );
    case 'farewell':
      return (
        <Note inside icon={Clock} tone="late" testid="time-hint">
          {words.t('room.farewell')} <ThenNext room={room} />
        </Note>
      );
    case 'five':
    case 'two':
    case 'one':
      return (
        <Note inside icon={Clock} tone="wait" testid="time-hint">
          {words.t(`room.warning.${hint}`)}
        </Note>
      );
  }
}

/** What this link goes on with, for those who have no time to look it up. */
function ThenNext({ room }: { room: RoomModel }) {
  const { visit, words, format, here, now } = useDesk();
  const all = visit.day.value.map(({ consultation }) => consultation);
  const [next] = afterwards(all, room.consultation, now.value);
  if (!next) {
    return null;
  }
  const [side = 'buyer'] = othersOf(visit.bootstrap.value?.you.role ?? 'buyer').slice(-1);
  return (
    <>
      {words.t('room.thenNext', { name: next[side].name, time: format.value.time(at(next.starts_at), here) })}
    </>
  );
}
