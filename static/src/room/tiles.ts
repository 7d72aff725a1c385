import type { Auxiliary, Participant, Slot } from '../protocol/types';

/** A tile before it has a picture: who, and in which receive slot. */
export interface Placement {
  key: string;
  kind: 'self' | 'person' | 'stage';
  participant: Participant;
  slot: number | null;
  /** my line would not carry the picture beside the voices */
  paused: boolean;
  /** an encoder's picture on the stage */
  closeup?: boolean;
}

/**
 * keyOf names a person's tile by the seat, not the session: who comes back after
 * a reload stands where he stood.
 */
export const keyOf = (p: Participant): string => `seat:${p.seat}`;

/**
 * rememberOrder adds newcomers at the end and forgets nobody, so that tiles stay
 * where they are while people come and go.
 */
export function rememberOrder(
  order: readonly string[],
  participants: readonly Participant[],
): readonly string[] {
  const fresh = participants.map(keyOf).filter((key) => !order.includes(key));
  return fresh.length ? [...order, ...new Set(fresh)] : order;
}

/** An encoder on the stage, as if its seat shared a screen. */
function encoderOf(auxiliaries: readonly Auxiliary[], id: string): Participant | undefined {
  const one = auxiliaries.find((a) => a.id === id);
  if (!one?.role || !one.seat) return undefined;
  const { name, role, seat, since } = one;
  const sources: Participant['sources'] = one.sources.includes('closeup') ? ['screen'] : [];
  return { id, name, role, seat, since, sources, away: false, narrow: false, resting: [] };
}

/** placeTiles tells the tiles of a room: my own, the others in their order, and what somebody else shows. */
export function placeTiles(
  me: string,
  participants: readonly Participant[],
  slots: readonly Slot[],
  order: readonly string[],
  auxiliaries: readonly Auxiliary[] = [],
): Placement[] {
  const byId = new Map(participants.map((p) => [p.id, p]));
  const tiles: Placement[] = [];
  const self = byId.get(me);
  if (self) tiles.push({ key: 'self', kind: 'self', participant: self, slot: null, paused: false });
  const others = participants
    .filter((p) => p.id !== me)
    .toSorted((a, b) => order.indexOf(keyOf(a)) - order.indexOf(keyOf(b)));
  const taken = new Set<string>();
  for (const participant of others) {
    const place = slots.find((s) => s.kind === 'person' && s.participant === participant.id);
    const slot = place?.slot ?? null;
    const paused = place?.paused ?? false;
    // For a moment an old and a new session may sit on one seat.
    const key = taken.has(keyOf(participant)) ? `session:${participant.id}` : keyOf(participant);
    taken.add(key);
    tiles.push({ key, kind: 'person', participant, slot, paused });
  }
  const stage = slots.find((s) => s.kind === 'stage' && s.participant !== me);
  const shows = stage && (byId.get(stage.participant) ?? encoderOf(auxiliaries, stage.participant));
  if (stage && shows)
    tiles.push({
      key: 'stage',
      kind: 'stage',
      participant: shows,
      slot: stage.slot,
      paused: stage.paused,
      closeup: !byId.has(stage.participant),
    });
  return tiles;
}
