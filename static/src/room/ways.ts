import type { PathProfile } from '../protocol/types';

/** How far the search for a way of media has come. */
export interface Search {
  /** the way of the present PeerConnection, or of the next */
  readonly way: PathProfile;
  /** the way at which the present round began */
  readonly start: PathProfile;
  /** media has flowed since the page was opened */
  readonly met: boolean;
  /** it has on this way, and nothing has been tried since but this way */
  readonly proven: boolean;
  /** PeerConnections in a row that were lost on this way */
  readonly lost: number;
  /** rounds over all ways that ended without success */
  readonly rounds: number;
}

/** A way that worked deserves this many new PeerConnections before the next one is tried. */
const faith = 2;

const order: readonly PathProfile[] = ['normal', 'active', 'relay', 'audio'];

/**
 * searchFrom begins where it worked the last time. Who met without pictures the last time has them tried again: the
 * way of the packets is the relay's, and a narrow line gives its pictures up by itself.
 */
export function searchFrom(way: PathProfile): Search {
  const start = way === 'audio' ? 'relay' : way;
  return { way: start, start, met: false, proven: false, lost: 0, rounds: 0 };
}

/** arrived says that media flows. */
export function arrived({ way }: Search): Search {
  return { way, start: way, met: true, proven: true, lost: 0, rounds: 0 };
}

/** missed says that a PeerConnection was lost, or never stood. `relays`: there is a relay to try. */
export function missed(search: Search, relays: boolean): Search {
  const lost = search.lost + 1;
  if (search.proven && lost <= faith) return { ...search, lost };
  const open = order.filter((w) => relays || !isRelayed(w));
  const way = open[open.indexOf(search.way) + 1] ?? 'normal';
  const start = open.includes(search.start) ? search.start : 'normal';
  return { ...search, way, start, proven: false, lost: 0, rounds: search.rounds + (way === start ? 1 : 0) };
}

/** A relay's address is needed for these. */
export const isRelayed = (way: PathProfile): boolean => way === 'relay' || way === 'audio';
