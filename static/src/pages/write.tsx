/** One line to write, which grows. Enter sends, with Shift it is a new line. */
import { SendHorizontal } from 'lucide-preact';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../ui/button';
import { useDesk } from './desk';

const longest = 2000;

interface Props {
  onSend: (text: string) => void;
  /** names the field for tests; its button too */
  testid: string;
}

export function Write({ onSend, testid }: Props) {
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
        data-testid={`${testid}-input`}
        onKeyDown={(event) => {
          // Enter also ends a Hangul syllable; Safari tells of that by the key code alone.
          if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
            event.preventDefault();
            send();
          }
        }}
      />
      <Button look="main" type="submit" icon={SendHorizontal} testid={`${testid}-send`}>
        {words.t('chat.send')}
      </Button>
    </form>
  );
}
