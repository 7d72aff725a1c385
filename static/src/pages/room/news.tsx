/** What a reader of the page hears: who came, who left, who wrote. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Participant } from '../../protocol/types';
import type { RoomModel } from '../../room/model';
import { useDesk } from '../desk';

function namesBySeat(people: readonly Participant[]): Map<string, string> {
  return new Map(people.map(({ seat, name }) => [seat, name]));
}

export function News({ room, quiet }: { room: RoomModel; quiet: boolean }) {
  const { words } = useDesk();
  const said = useSignal('');
  // By seat, since a rejoin gives everybody a new id; and never of the reader's own.
  const others = room.participants.value.filter(
    ({ id, seat }) => id !== room.me && seat !== room.consultation.seat,
  );
  const known = useRef(namesBySeat(others));
  useEffect(() => {
    const before = known.current;
    const after = namesBySeat(others);
    const lines = [
      ...[...after].filter(([seat]) => !before.has(seat)).map(([, name]) => words.t('room.came', { name })),
      ...[...before].filter(([seat]) => !after.has(seat)).map(([, name]) => words.t('room.gone', { name })),
    ];
    known.current = after;
    if (lines.length > 0) {
      said.value = lines.join(' ');
    }
  });

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
