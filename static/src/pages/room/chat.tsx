/** The chat: a log and one line to write. What people wrote is only ever text. */
import { SendHorizontal, X } from 'lucide-preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ChatMessage } from '../../protocol/types';
import type { RoomModel } from '../../room/model';
import { Button } from '../../ui/button';
import { plain, stretches } from '../../ui/text';
import { useDesk } from '../desk';
import { at } from '../meeting';

const longest = 2000;

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
      <Write onSend={(text) => room.say(text)} />
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

function Write({ onSend }: { onSend: (text: string) => void }) {
  const { words } = useDesk();
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const send = () => {
    const text = field.current?.value.trim();
    if (field.current && text) {
      onSend(text);
      field.current.value = '';
    }
  };
  return (
    <form
      class="chat-write"
      onSubmit={(event) => {
        event.preventDefault();
        send();
        field.current?.focus();
      }}
    >
      <textarea
        ref={field}
        rows={1}
        maxLength={longest}
        dir="auto"
        placeholder={words.t('chat.placeholder')}
        aria-label={words.t('chat.placeholder')}
        data-testid="chat-input"
        onKeyDown={(event) => {
          // Enter also ends a Hangul syllable; Safari tells of that by the key code alone.
          if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
            event.preventDefault();
            send();
          }
        }}
      />
      <Button look="main" type="submit" icon={SendHorizontal} testid="chat-send">
        {words.t('chat.send')}
      </Button>
    </form>
  );
}
