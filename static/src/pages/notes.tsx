/** The thread with the coordinators: a button anywhere, the words in a dialog, the newest as a banner. */
import { useSignal } from '@preact/signals';
import { MessageCircleQuestion, MessageSquareText } from 'lucide-preact';
import { useEffect, useRef } from 'preact/hooks';
import type { NoteLine } from '../room/model';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Note } from '../ui/note';
import { plain } from '../ui/text';
import { useDesk } from './desk';
import { newest } from './thread';
import { Write } from './write';

/** Opens the thread; the number of unread ones stands on it. */
export function NotesButton() {
  const { visit, words } = useDesk();
  const open = useSignal(false);
  const unread = visit.notes.unread.value;
  return (
    <>
      <Button
        icon={MessageCircleQuestion}
        testid="notes-open"
        onClick={() => {
          open.value = true;
        }}
      >
        {words.t('notes.open')}
        {unread > 0 && (
          <>
            <span class="badge" aria-hidden="true" data-testid="notes-unread">
              {unread}
            </span>
            <span class="hidden">{words.t('notes.unread', { count: unread })}</span>
          </>
        )}
      </Button>
      {open.value && (
        <Thread
          onClose={() => {
            open.value = false;
          }}
        />
      )}
    </>
  );
}

export function Thread({ onClose }: { onClose: () => void }) {
  const { visit, words } = useDesk();
  const log = useRef<HTMLDivElement>(null);
  const list = visit.notes.list.value;
  const unread = visit.notes.unread.value;
  // What arrives while the thread is in sight has been read.
  useEffect(() => {
    if (unread > 0) {
      visit.notes.read();
    }
  }, [unread, visit]);
  useEffect(() => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [list.length]);
  return (
    <Dialog
      side
      title={words.t('notes.title')}
      close={words.t('room.close')}
      onClose={onClose}
      testid="notes-panel"
    >
      <div class="thread-box">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long thread must scroll by keys */}
        <div class="chat-log" ref={log} role="log" tabIndex={0} aria-label={words.t('notes.title')}>
          {list.length === 0 && <p class="thread-empty">{words.t('notes.empty')}</p>}
          <ol class="chat-messages">
            {list.map((note) => (
              <Line key={note.id} note={note} />
            ))}
          </ol>
        </div>
        <Write testid="note" onSend={(text) => visit.notes.send(text)} />
      </div>
    </Dialog>
  );
}

function Line({ note }: { note: NoteLine }) {
  const { words, format, here } = useDesk();
  const { mine, name, text, kind, state, seen, at } = note;
  return (
    <li class="message" data-mine={mine} data-testid="note" data-state={state}>
      <p class="message-head">
        <strong>{mine ? words.t('chat.you') : words.t('notes.from', { name: plain(name) })}</strong>
        <time dateTime={new Date(at).toISOString()}>{format.value.time(at, here)}</time>
      </p>
      <p class="message-text" dir="auto">
        {kind === 'call' && !text ? words.t('notes.called') : plain(text)}
      </p>
      {mine && (
        <p class="message-state" data-state={state}>
          {words.t(seen ? 'notes.seen' : `notes.${state}`)}
        </p>
      )}
    </li>
  );
}

/** The newest words of a coordinator, until they were read. */
export function CoordinatorNote() {
  const { visit, words } = useDesk();
  const open = useSignal(false);
  const last = newest(visit.notes.list.value, visit.notes.unread.value);
  return (
    <>
      {last && !open.value && (
        <Note
          icon={MessageSquareText}
          testid="note"
          title={words.t('notes.from', { name: plain(last.name) })}
          action={
            <span class="note-acts">
              <Button
                testid="note-answer"
                onClick={() => {
                  open.value = true;
                }}
              >
                {words.t('notes.answer')}
              </Button>
              <Button look="plain" testid="note-read" onClick={() => visit.notes.read()}>
                {words.t('notes.gotIt')}
              </Button>
            </span>
          }
        >
          <span class="note-words" dir="auto">
            {plain(last.text)}
          </span>
        </Note>
      )}
      {open.value && (
        <Thread
          onClose={() => {
            open.value = false;
          }}
        />
      )}
    </>
  );
}
