/** One value that outlives the page. */
export interface Kept<T> {
  get(): T;
  set(value: T): void;
}

/** kept keeps it in the browser's storage; where that is forbidden, or full, it lives with the page. */
export function kept<T>(storage: () => Storage, key: string, otherwise: T): Kept<T> {
  let memory: T | undefined;
  return {
    get() {
      if (memory !== undefined) return memory;
      try {
        const text = storage().getItem(key);
        return text === null ? otherwise : (JSON.parse(text) as T);
      } catch {
        return otherwise;
      }
    },
    set(value) {
      memory = value;
      try {
        storage().setItem(key, JSON.stringify(value));
      } catch {
        // Kept in memory.
      }
    },
  };
}
