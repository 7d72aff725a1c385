import { expect, test } from 'vitest';
import type { PathProfile } from '../protocol/types';
import { arrived, missed, type Search, searchFrom } from './ways';

function walk(from: PathProfile, relays: boolean, steps: number): string[] {
  let search: Search = searchFrom(from);
  const seen: string[] = [`${search.way} ${search.rounds}`];
  for (let i = 0; i < steps; i++) {
    search = missed(search, relays);
    seen.push(`${search.way} ${search.rounds}`);
  }
  return seen;
}

test('all ways are tried in order, and then again', () => {
  expect(walk('normal', true, 5)).toEqual([
    'normal 0',
    'active 0',
    'relay 0',
    'audio 0',
    'normal 1',
    'active 1',
  ]);
});

test('without a relay there are two ways', () => {
  expect(walk('normal', false, 3)).toEqual(['normal 0', 'active 0', 'normal 1', 'active 1']);
});

test('what worked the last time comes first, and its round goes all the way', () => {
  expect(walk('relay', true, 4)).toEqual(['relay 0', 'audio 0', 'normal 0', 'active 0', 'relay 1']);
});

test('who met without pictures has them tried again', () => {
  expect(searchFrom('audio').way).toBe('relay');
});

test('a relay that is no more does not hold up the count of rounds', () => {
  expect(walk('relay', false, 2)).toEqual(['relay 0', 'normal 1', 'active 1']);
});

test('a way that worked is tried twice more before the next', () => {
  let search = arrived(searchFrom('normal'));
  const seen: string[] = [];
  for (let i = 0; i < 4; i++) {
    search = missed(search, true);
    seen.push(search.way);
  }
  expect(seen).toEqual(['normal', 'normal', 'active', 'relay']);
  expect(search.met).toBe(true);
});
