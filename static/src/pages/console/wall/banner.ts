/** What stands above everything: the record's trouble, and that it is over. Pure. */
import type { Storage } from '../../../protocol/types';
import { at } from '../../meeting';

export type Banner =
  /** kept: the disk takes what happens meanwhile */
  | { say: 'away'; seconds: number; affected: number; waiting: number; kept: boolean }
  | { say: 'disk'; waiting: number }
  /** for a while after Redis came back; entries may still be replayed */
  | { say: 'back'; waiting: number };

/** What has been seen of the storage so far. */
export interface Seen {
  away: boolean;
  backSince: number | null;
}

export const unseen: Seen = { away: false, backSince: null };

const shown = 10_000;

/** seenOf remembers that it was away, so that its return can be told. */
export function seenOf(before: Seen, { away_since }: Storage, now: number): Seen {
  if (away_since) return before.away && before.backSince === null ? before : { away: true, backSince: null };
  if (before.away) return { away: false, backSince: now };
  return before.backSince !== null && now - before.backSince > shown ? unseen : before;
}

export function bannersOf(storage: Storage, seen: Seen, now: number): Banner[] {
  const { away_since, affected, waiting, disk_full } = storage;
  const banners: Banner[] = [];
  if (disk_full) banners.push({ say: 'disk', waiting });
  if (away_since) {
    const seconds = Math.max(0, Math.floor((now - at(away_since)) / 1000));
    banners.push({ say: 'away', seconds, affected, waiting, kept: !disk_full });
  } else if (seen.backSince !== null && now - seen.backSince <= shown) {
    banners.push({ say: 'back', waiting });
  }
  return banners;
}
