/** What people are told over the pictures: the connection first, then sound, then the time. */
import { Clock, Hourglass, Volume2, WifiOff } from 'lucide-preact';
import type { RoomModel } from '../../room/model';
import { Button } from '../../ui/button';
import { Note } from '../../ui/note';
import { useDesk } from '../desk';
import { hintOf, remaining } from './remaining';

/** A break this short mends itself; telling of it would only worry. */
const patience = 3000;

export function Hints({ room }: { room: RoomModel }) {
  return (
    <div class="hints" aria-live="polite">
      <ConnectionHint />
      <SoundHint room={room} />
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
    case 'no_media':
      return (
        <Note inside icon={WifiOff} tone="late" testid="connection">
          {words.t('room.noMedia')}
        </Note>
      );
  }
}

function SoundHint({ room }: { room: RoomModel }) {
  const { words } = useDesk();
  return room.soundBlocked.value ? (
    <Button look="main" big icon={Volume2} onClick={() => room.allowSound()} testid="allow-sound">
      {words.t('room.tapToHear')}
    </Button>
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
          {words.t('room.farewell')}
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
