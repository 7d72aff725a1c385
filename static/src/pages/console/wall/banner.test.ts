import { describe, expect, test } from 'vitest';
import { bannersOf, seenOf, unseen } from './banner';
import { iso, minute } from './testing';

describe('the record', () => {
  const well = { waiting: 0, affected: 0, disk_full: false, trial: false };
  const away = { ...well, away_since: iso(5), waiting: 112 };

  test('counts the seconds while it is away, and tells for ten that it is back', () => {
    let seen = seenOf(unseen, away, minute(5));
    expect(bannersOf(away, seen, minute(5) + 40_900)).toEqual([
      { say: 'away', seconds: 40, affected: 0, waiting: 112, kept: true },
    ]);
    const back = { ...well, waiting: 7 };
    seen = seenOf(seen, back, minute(6));
    expect(bannersOf(back, seen, minute(6) + 9_000)).toEqual([{ say: 'back', waiting: 7 }]);
    seen = seenOf(seen, well, minute(6) + 10_001);
    expect(bannersOf(well, seen, minute(6) + 10_001)).toEqual([]);
  });

  test('a record that was never away has nothing to tell', () => {
    const seen = seenOf(unseen, well, minute(5));
    expect(bannersOf(well, seen, minute(5))).toEqual([]);
  });

  test('a full disk comes first, and then nothing is promised', () => {
    const both = { ...away, disk_full: true };
    const banners = bannersOf(both, seenOf(unseen, both, minute(5)), minute(5));
    expect(banners.map(({ say }) => say)).toEqual(['disk', 'away']);
    expect(banners[1]).toMatchObject({ kept: false });
  });
});
