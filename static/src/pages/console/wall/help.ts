/** What a coordinator who helps must know at every moment: who hears them, and who does not. Pure. */
import type { Row, SeatRole } from '../../../protocol/types';
import type { HelpState } from '../../../room/model';

export type Hearing =
  | { mode: 'quiet' }
  | { mode: 'starting'; wants: 'listen' | 'speak'; room: string }
  | { mode: 'listen'; room: string }
  /** everybody in the room hears */
  | { mode: 'speak'; room: string }
  /** only those hear; `deaf` are there and do not */
  | { mode: 'whisper'; room: string; to: SeatRole; deaf: SeatRole[] }
  | {
      mode: 'failed';
      room: string;
      why: 'in_use' | 'microphone' | 'unreachable' | 'refused';
      listens: boolean;
    };

const roles = ['firm', 'buyer', 'interpreter', 'observer'] as const;

/** choicesOf are the devices to choose from; what the browser takes by itself where it does not say which. */
export function choicesOf(
  list: readonly Pick<MediaDeviceInfo, 'deviceId' | 'label'>[],
  chosen: string,
  told: { byDefault: string; unnamed: (number: number) => string },
): { value: string; label: string }[] {
  const options = list.map(({ deviceId, label }, index) => ({
    value: deviceId,
    label: label || told.unnamed(index + 1),
  }));
  return options.some(({ value }) => value === chosen)
    ? options
    : [{ value: chosen, label: told.byDefault }, ...options];
}

/** present are the roles of whom somebody is in the room. */
export function present(row: Row | null): SeatRole[] {
  return roles.filter((role) =>
    row?.seats.some((seat) => seat.role === role && (seat.state === 'here' || seat.state === 'away')),
  );
}

export function hearingOf(state: HelpState, row: Row | null): Hearing {
  switch (state.mode) {
    case 'quiet':
      return { mode: 'quiet' };
    case 'starting':
      return { mode: 'starting', wants: state.wants, room: state.consultation };
    case 'listen':
      return { mode: 'listen', room: state.consultation };
    case 'speak':
      return state.to === null
        ? { mode: 'speak', room: state.consultation }
        : {
            mode: 'whisper',
            room: state.consultation,
            to: state.to,
            deaf: present(row).filter((role) => role !== state.to),
          };
    case 'failed':
      return {
        mode: 'failed',
        room: state.consultation,
        why: whyOf(state.why),
        listens: state.still === 'listen',
      };
  }
}

function whyOf(
  why: Extract<HelpState, { mode: 'failed' }>['why'],
): Extract<Hearing, { mode: 'failed' }>['why'] {
  switch (why.what) {
    case 'refused':
      return why.code === 'conflict' ? 'in_use' : 'refused';
    case 'unreachable':
      return 'unreachable';
    case 'microphone':
      return 'microphone';
  }
}

/** ownMode is what the coordinator at this console does in a room; null while nothing. */
export function ownMode(state: HelpState, consultation: string): 'listen' | 'speak' | null {
  if (state.mode === 'quiet' || state.consultation !== consultation) return null;
  return state.mode === 'listen' || state.mode === 'speak' ? state.mode : null;
}

/** Pressed shorter than this, the button stays down; longer, it was push-to-talk and its release ends it. */
const tap = 350;

export function released(heldMs: number): 'stays' | 'ends' {
  return heldMs < tap ? 'stays' : 'ends';
}
