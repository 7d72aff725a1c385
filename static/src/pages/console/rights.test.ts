import { describe, expect, test } from 'vitest';
import { may, rightOf } from './rights';

describe('rights', () => {
  test('a console link without one is a coordinator', () => {
    expect(rightOf(undefined)).toBe('coordinator');
    expect(rightOf({ right: '' })).toBe('coordinator');
    expect(rightOf({ right: 'viewer' })).toBe('viewer');
  });

  test('each may what the ones below may', () => {
    expect(may('viewer', 'viewer')).toBe(true);
    expect(may('viewer', 'coordinator')).toBe(false);
    expect(may('administrator', 'coordinator')).toBe(true);
    expect(may('coordinator', 'administrator')).toBe(false);
  });
});
