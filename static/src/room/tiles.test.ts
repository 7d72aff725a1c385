import { expect, test } from 'vitest';
import type { Participant, Slot } from '../protocol/types';
import { participant } from './testing';
import { placeTiles, rememberOrder } from './tiles';

const me = participant('me', { role: 'buyer' });
const firm = participant('firm');
const help = participant('help', { role: 'interpreter' });
const slot = (n: number, who: string, kind: Slot['kind'] = 'person'): Slot => ({
  slot: n,
  kind,
  paused: false,
  hold_ms: 0,
  participant: who,
});

function keys(people: Participant[], order: readonly string[], slots: Slot[] = []) {
  return placeTiles('me', people, slots, order).map((t) => t.key);
}

test('who comes later stands behind, who leaves moves nobody else', () => {
  let order = rememberOrder([], [firm]);
  order = rememberOrder(order, [help, firm]);
  expect(keys([me, help, firm], order)).toEqual(['self', 'seat:S01/firm', 'seat:S01/help']);
  expect(keys([me, help], order)).toEqual(['self', 'seat:S01/help']);
});

test('who comes back with a new session has the old key and the old place', () => {
  const order = rememberOrder([], [firm, help]);
  const again = participant('new', { seat: firm.seat });
  expect(keys([me, help, again], rememberOrder(order, [help, again]))).toEqual([
    'self',
    'seat:S01/firm',
    'seat:S01/help',
  ]);
});

test('two sessions on one seat never share a key', () => {
  const again = participant('new', { seat: firm.seat });
  const all = keys([me, firm, again], rememberOrder([], [firm, again]));
  expect(new Set(all).size).toBe(3);
});

test('each person has the slot that the map names, or none', () => {
  const order = rememberOrder([], [firm, help]);
  const tiles = placeTiles('me', [me, firm, help], [slot(3, 'firm'), slot(7, 'firm', 'stage')], order);
  expect(tiles.map((t) => [t.key, t.slot])).toEqual([
    ['self', null],
    ['seat:S01/firm', 3],
    ['seat:S01/help', null],
    ['stage', 7],
  ]);
});

test('what I share myself is no stage of mine', () => {
  expect(keys([me, firm], rememberOrder([], [firm]), [slot(7, 'me', 'stage')])).not.toContain('stage');
});

test('a slot of somebody unknown shows nothing', () => {
  expect(keys([me], [], [slot(0, 'ghost'), slot(7, 'ghost', 'stage')])).toEqual(['self']);
});

test('a picture that my line would not carry is told with its tile', () => {
  const paused = { ...slot(0, 'firm'), paused: true, hold_ms: 0 };
  const tiles = placeTiles('me', [me, firm, help], [paused, slot(1, 'help')], []);
  expect(tiles.map((t) => [t.participant.id, t.paused])).toEqual([
    ['me', false],
    ['firm', true],
    ['help', false],
  ]);
});
