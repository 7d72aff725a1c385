/**
 * Who gets which kind of place. Places are kept free for those who are expected, so that nothing moves
 * when they come.
 */
import type { Consultation, Participant, Role } from '../../protocol/types';
import type { Tile } from '../../room/model';

export type Size = 'stage' | 'large' | 'small' | 'self';

export type Place =
  | { key: string; size: Size; tile: Tile }
  /** an expected side that is not here yet */
  | { key: string; size: 'large' | 'small'; role: Role; name: string };

/**
 * arrange gives the places in the order of the page: stage, the large ones, the small ones, myself last. One that the
 * person has enlarged takes the stage's room, in its order: a <video> that moves in the page goes black for a moment.
 */
export function arrange(
  tiles: readonly Tile[],
  participants: readonly Participant[],
  consultation: Consultation,
  mine: Role,
  enlarged: string | null = null,
): Place[] {
  const stage: Place[] = [];
  const large: Place[] = [];
  const small: Place[] = [];
  const self: Place[] = [];
  for (const tile of tiles) {
    const { key, kind, participant } = tile;
    if (kind === 'stage') {
      stage.push({ key, size: 'stage', tile });
    } else if (kind === 'self') {
      self.push({ key, size: 'self', tile });
    } else if (participant.role === 'firm' || participant.role === 'buyer') {
      large.push({ key, size: 'large', tile });
    } else {
      small.push({ key, size: 'small', tile });
    }
  }
  const missing = (role: Role): boolean =>
    role !== mine && !participants.some((participant) => participant.role === role);
  if (missing('firm')) {
    large.unshift({ key: 'absent-firm', size: 'large', role: 'firm', name: consultation.firm.name });
  }
  if (missing('buyer')) {
    large.push({ key: 'absent-buyer', size: 'large', role: 'buyer', name: consultation.buyer.name });
  }
  if (consultation.interpreter.name && missing('interpreter')) {
    const { name } = consultation.interpreter;
    small.unshift({ key: 'absent-interpreter', size: 'small', role: 'interpreter', name });
  }
  // The firm sits on the left for everybody; a stable sort keeps the model's order within a side.
  large.sort((a, b) => rank(a) - rank(b));
  const all = [...stage, ...large, ...small, ...self];
  if (!canEnlarge(tiles) || !tiles.some(({ key, kind }) => key === enlarged && kind !== 'self')) return all;
  return all.map((place) => {
    if (place.key === enlarged && 'tile' in place) return { ...place, size: 'stage' };
    return place.size === 'self' ? place : { ...place, size: 'small' };
  });
}

/** One alone is as large as it can be. */
export function canEnlarge(tiles: readonly Tile[]): boolean {
  return tiles.filter(({ kind }) => kind !== 'self').length > 1;
}

function rank(place: Place): number {
  const role = 'tile' in place ? place.tile.participant.role : place.role;
  return role === 'firm' ? 0 : 1;
}
