import type { NoteLine } from '../room/model';

/** newest is the last of the coordinators' words while any of them are unread. */
export function newest(list: readonly NoteLine[], unread: number): NoteLine | null {
  return unread > 0 ? (list.filter((note) => !note.mine).at(-1) ?? null) : null;
}
