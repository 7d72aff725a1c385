import type {
  Auxiliary,
  Change,
  ChatMessage,
  Clock,
  Helper,
  Joined,
  Participant,
  Slot,
} from '../protocol/types';

/** The truth about a room as the server told it, whole or change by change. */
export interface RoomTruth {
  readonly participants: readonly Participant[];
  readonly clock: Clock;
  readonly chat: readonly ChatMessage[];
  readonly helpers: readonly Helper[];
  readonly auxiliaries: readonly Auxiliary[];
  readonly slots: readonly Slot[];
  /** minutes left of the last warning that still holds */
  readonly warning: number | null;
}

export function truthOf(joined: Joined): RoomTruth {
  const { participants, clock, chat, helpers, auxiliaries } = joined.snapshot;
  return { participants, clock, chat, helpers, auxiliaries, slots: joined.slots, warning: null };
}

/** applyChange takes over one change; a change has exactly one field. */
export function applyChange(truth: RoomTruth, change: Change): RoomTruth {
  if (change.participant) {
    return { ...truth, participants: withParticipant(truth.participants, change.participant) };
  }
  if (change.left) {
    const gone = change.left.id;
    return { ...truth, participants: truth.participants.filter((p) => p.id !== gone) };
  }
  if (change.clock) {
    // More time, or talking on with nobody waiting: the last warning is void.
    const { clock } = change;
    const void_ = clock.overrun || Date.parse(clock.ends_at) > Date.parse(truth.clock.ends_at);
    return { ...truth, clock, warning: void_ ? null : truth.warning };
  }
  if (change.warning) return { ...truth, warning: change.warning.minutes_left };
  if (change.chat) return { ...truth, chat: withMessage(truth.chat, change.chat) };
  if (change.auxiliaries) return { ...truth, auxiliaries: change.auxiliaries };
  if (change.helpers) return { ...truth, helpers: change.helpers };
  if (change.slots) return { ...truth, slots: change.slots };
  return truth;
}

function withParticipant(all: readonly Participant[], one: Participant): Participant[] {
  const at = all.findIndex((p) => p.id === one.id);
  return at < 0 ? [...all, one] : all.with(at, one);
}

function withMessage(all: readonly ChatMessage[], one: ChatMessage): readonly ChatMessage[] {
  return all.some((m) => m.id === one.id) ? all : [...all, one];
}
