/** What a reader of the page hears: who came, who left, who wrote. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { RoomModel } from '../../room/model';
import { useDesk } from '../desk';

export function News({ room, quiet }: { room: RoomModel; quiet: boolean }) {
  const { words } = useDesk();
  const said = useSignal('');
  const people = room.participants.value;
  const known = useRef(new Map(people.map((person) => [person.id, person.name])));
  useEffect(() => {
    const before = known.current;
    const after = new Map(people.map((person) => [person.id, person.name]));
    const lines = [
      ...[...after].filter(([id]) => !before.has(id)).map(([, name]) => words.t('room.came', { name })),
      ...[...before].filter(([id]) => !after.has(id)).map(([, name]) => words.t('room.gone', { name })),
    ];
    known.current = after;
    if (lines.length > 0) {
      said.value = lines.join(' ');
    }
  }, [people, words, said]);

  const chat = room.chat.value;
  const read = useRef(chat.length);
  useEffect(() => {
    const last = chat.at(-1);
    // The open chat is a log and speaks for itself.
    if (last && chat.length > read.current && !quiet && room.unread.value > 0) {
      said.value = words.t('chat.said', { name: last.name });
    }
    read.current = chat.length;
  }, [chat, quiet, room, words, said]);
  return (
    <p class="hidden" role="status" data-testid="news">
      {said.value}
    </p>
  );
}
