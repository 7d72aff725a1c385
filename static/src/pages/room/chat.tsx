/** The chat: a log and one line to write. What people wrote is only ever text. */
import { X } from 'lucide-preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ChatMessage } from '../../protocol/types';
import type { RoomModel } from '../../room/model';
import { Button } from '../../ui/button';
import { plain, stretches } from '../../ui/text';
import { useDesk } from '../desk';
import { at } from '../meeting';
import { Write } from '../write';

export function Chat({ room, onClose }: { room: RoomModel; onClose: () => void }) {
  const { words } = useDesk();
  const log = useRef<HTMLDivElement>(null);
  const messages = room.chat.value;
  const seat =
    room.participants.value.find((person) => person.id === room.me)?.seat ?? room.consultation.seat;
  useEffect(() => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [messages.length]);
  return (
    <aside
      class="chat"
      aria-label={words.t('chat.title')}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <div class="chat-head">
        <h2>{words.t('chat.title')}</h2>
        <Button look="plain" icon={X} onClick={onClose}>
          {words.t('room.close')}
        </Button>
      </div>
      {messages.length === 0 && <p class="chat-empty">{words.t('chat.empty')}</p>}
      <div class="chat-log" ref={log} role="log" aria-label={words.t('chat.title')}>
        <ol class="chat-messages">
          {messages.map((message) => (
            <Message key={message.id} message={message} mine={message.seat === seat} />
          ))}
        </ol>
      </div>
      <Write testid="chat" onSend={(text) => room.say(text)} />
    </aside>
  );
}

function Message({ message, mine }: { message: ChatMessage; mine: boolean }) {
  const desk = useDesk();
  const { words } = desk;
  return (
    <li class="message" data-mine={mine} data-testid="chat-message" data-role={message.role}>
      <p class="message-head">
        <span class="role" data-role={message.role}>
          {words.t(`role.${message.role}`)}
        </span>
        <strong>{mine ? words.t('chat.you') : plain(message.name)}</strong>
        <time dateTime={message.at}>{desk.format.value.time(at(message.at), desk.here)}</time>
      </p>
      <p class="message-text" dir="auto">
        {stretches(message.text).map(({ text, href }, index) =>
          href ? (
            <a key={index} href={href} target="_blank" rel="noopener noreferrer nofollow">
              {text}
            </a>
          ) : (
            text
          ),
        )}
      </p>
    </li>
  );
}
