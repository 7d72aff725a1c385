/** What the buttons of the wall do: one place, so that tile, keys and detail do the same. */
import type { Row } from '../../../protocol/types';
import { jumpTo } from '../../../ui/jump';
import { useTold } from '../doing';
import { useStaff } from '../staff';
import type { Next } from './next';

/** useListen turns listening to a room on, or off when it is on. */
export function useListen(): (consultation: string) => void {
  const { board, acts } = useStaff();
  return (consultation) => {
    if (!acts) return;
    const state = board.help.state.peek();
    if (state.mode !== 'quiet' && state.mode !== 'failed' && state.consultation === consultation) {
      board.help.quiet();
    } else {
      board.help.listen(consultation);
    }
  };
}

export const parts = { script: 'room-script', people: 'room-people', run: 'room-run' } as const;

export function useDoNext(): (row: Row, next: Next) => void {
  const staff = useStaff();
  const listen = useListen();
  const told = useTold();
  return (row, next) => {
    const { id } = row.consultation;
    const open = (part?: string) => {
      staff.room.value = id;
      // The detail is drawn first.
      if (part) setTimeout(() => jumpTo(part), 0);
    };
    switch (next.do) {
      case 'look':
        open();
        return;
      case 'answer':
        staff.writing.value = next.to;
        staff.letters.value = true;
        return;
      case 'find':
      case 'decide':
        open(parts.script);
        return;
      case 'help':
        open(parts.people);
        return;
      case 'extend':
        open(parts.run);
        return;
      case 'admit':
        staff.board.steer.admit(id, next.seat, '').catch((cause) => {
          staff.trouble.value = told(cause);
        });
        return;
      case 'listen':
        listen(id);
        return;
    }
  };
}
