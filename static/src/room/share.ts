/**
 * keepSame gives a newer value in which every part that did not change is the
 * older one's own, so that nothing is drawn anew that says the same.
 */
export function keepSame<T>(old: unknown, fresh: T): T {
  if (Object.is(old, fresh)) return fresh;
  if (!isPlain(old) || !isPlain(fresh) || Array.isArray(old) !== Array.isArray(fresh)) return fresh;
  const before = old as Record<string, unknown>;
  const now = fresh as Record<string, unknown>;
  const keys = Object.keys(now);
  let same = keys.length === Object.keys(before).length;
  const kept = Array.isArray(fresh) ? [] : {};
  for (const key of keys) {
    const part = keepSame(before[key], now[key]);
    Object.assign(kept, { [key]: part });
    same &&= key in before && Object.is(part, before[key]);
  }
  return (same ? old : kept) as T;
}

const isPlain = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** byId matches the members of a list by what they are called, not by where they stand. */
export function keepSameById<T extends { id: string }>(old: readonly T[], fresh: readonly T[]): T[] {
  const list = fresh.map((one) =>
    keepSame(
      old.find((o) => o.id === one.id),
      one,
    ),
  );
  const same = list.length === old.length && list.every((one, i) => one === old[i]);
  return same ? (old as T[]) : list;
}
