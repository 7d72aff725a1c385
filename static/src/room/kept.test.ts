import { expect, test } from 'vitest';
import { kept } from './kept';

function shelf(): Storage {
  const values = new Map<string, string>();
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => values.set(key, value),
  } as unknown as Storage;
}

test('a value outlives the page', () => {
  const storage = shelf();
  const before = kept(() => storage, 'key', 0);
  expect(before.get()).toBe(0);
  before.set(7);
  expect(kept(() => storage, 'key', 0).get()).toBe(7);
});

test('where nothing may be stored it lives with the page, and rubbish is none', () => {
  const forbidden = kept<number>(
    () => {
      throw new DOMException('no', 'SecurityError');
    },
    'key',
    0,
  );
  forbidden.set(7);
  expect(forbidden.get()).toBe(7);
  const storage = shelf();
  storage.setItem('key', '{');
  expect(kept(() => storage, 'key', 3).get()).toBe(3);
});
