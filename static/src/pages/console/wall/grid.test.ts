import { describe, expect, test } from 'vitest';
import { columnsOf, moved } from './grid';

describe('arrows in the grid', () => {
  test('go by lines and stop at the edges', () => {
    expect(moved('ArrowRight', 0, 4, 10)).toBe(1);
    expect(moved('ArrowLeft', 0, 4, 10)).toBe(0);
    expect(moved('ArrowDown', 1, 4, 10)).toBe(5);
    expect(moved('ArrowDown', 7, 4, 10)).toBe(7);
    expect(moved('ArrowUp', 5, 4, 10)).toBe(1);
    expect(moved('ArrowUp', 2, 4, 10)).toBe(2);
    expect(moved('Home', 7, 4, 10)).toBe(0);
    expect(moved('End', 0, 4, 10)).toBe(9);
    expect(moved('l', 0, 4, 10)).toBeNull();
  });

  test('columns are what stands in the first line', () => {
    expect(columnsOf([10, 10, 10, 200, 200])).toBe(3);
    expect(columnsOf([10, 10])).toBe(2);
    expect(columnsOf([])).toBe(1);
  });
});
