/** What the buttons of the wall do: one place, so that tile, keys and detail do the same. */
import { useSignal } from '@preact/signals';
import { NotDone } from '../../../protocol/failure';
import type { Row } from '../../../protocol/types';
import { failureOf } from '../../../room/desk/load';
import { jumpTo } from '../../../ui/jump';
import { useDesk } from '../../desk';
import { useStaff } from '../staff';
import { useFailure } from '../told';
import type { Next } from './next';

/** A thing that is being done: told while it lasts, and when it was refused. */
export interface Doing {
  busy: boolean;
  /** in words; null while all is well */
  failed: string | null;
  done: boolean;
  run(act: () => Promise<unknown>, then?: () => void): void;
  reset(): void;
}

export function useDoing(): Doing {
  const told = useTold();
  const state = useSignal<'idle' | 'busy' | 'done' | { why: unknown }>('idle');
  const now = state.value;
  return {
    busy: now === 'busy',
    done: now === 'done',
    failed: typeof now === 'object' ? told(now.why) : null,
    run(act, then) {
      if (state.value === 'busy') return;
      state.value = 'busy';
      act().then(
        () => {
          state.value = 'done';
          then?.();
        },
        (why) => {
          state.value = { why };
        },
      );
    },
    reset() {
      state.value = 'idle';
    },
  };
}

/** Why something came to nothing: the server's no, or the other browser's. */
export function useTold(): (cause: unknown) => string {
  const { words } = useDesk();
  const failure = useFailure();
  return (cause) => {
    if (cause instanceof NotDone) return words.t(`steer.why.${cause.why}`);
    return failure(failureOf(cause));
  };
}

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
