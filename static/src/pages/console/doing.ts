/** A thing that somebody does by a button: told while it lasts, and when it was refused. */
import { useSignal } from '@preact/signals';
import { NotDone } from '../../protocol/failure';
import { failureOf } from '../../room/desk/load';
import { useDesk } from '../desk';
import { useFailure } from './told';

export interface Doing {
  busy: boolean;
  /** in words; null while all is well */
  failed: string | null;
  done: boolean;
  /** does nothing while busy */
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
