import { expect, test } from 'vitest';
import { Sequence } from './sequence';

test('each delta is applied once, in order', () => {
  const seq = new Sequence();
  seq.reset(4);
  expect(seq.accept(5)).toBe('apply');
  expect(seq.accept(5)).toBe('old');
  expect(seq.accept(4)).toBe('old');
  expect(seq.accept(6)).toBe('apply');
  expect(seq.last).toBe(6);
});

test('a gap is not stepped over', () => {
  const seq = new Sequence();
  seq.reset(4);
  expect(seq.accept(6)).toBe('gap');
  expect(seq.last).toBe(4);
  expect(seq.accept(5)).toBe('apply');
});
