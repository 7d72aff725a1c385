/** The room: time on top, people in the middle, six controls below. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { RoomModel } from '../../room/model';
import { Ringing } from '../booth/ringing';
import { useDesk } from '../desk';
import { Bar } from './bar';
import { Chat } from './chat';
import { Controls } from './controls';
import { Hints } from './hints';
import { News } from './news';
import { People } from './people';

export function RoomPage({ room }: { room: RoomModel }) {
  const { visit, words } = useDesk();
  const chatOpen = useSignal(false);
  const chatButton = useRef<HTMLButtonElement>(null);
  const closeChat = () => {
    chatOpen.value = false;
    chatButton.current?.focus();
  };
  const unread = room.unread.value;
  // A message that arrives while the chat is in sight has been read.
  useEffect(() => {
    if (chatOpen.value && unread > 0) {
      room.readChat();
    }
  }, [chatOpen.value, unread, room]);
  return (
    <div class="room" data-kind={visit.bootstrap.value?.kind} data-chat={chatOpen.value ? 'open' : 'shut'}>
      {visit.bootstrap.value?.kind === 'booth' && <Ringing />}
      <Bar room={room} />
      <main id="main" tabIndex={-1} class="room-main" aria-label={words.t('room.people')}>
        <People room={room} />
        <Hints room={room} />
      </main>
      {chatOpen.value && <Chat room={room} onClose={closeChat} />}
      <Controls
        room={room}
        chatOpen={chatOpen.value}
        chatButton={chatButton}
        onChat={() => {
          chatOpen.value = !chatOpen.value;
        }}
      />
      <News room={room} quiet={chatOpen.value} />
    </div>
  );
}
