import { describe, expect, test } from 'vitest';
import type { Contacted, Script } from '../../../protocol/types';
import { asleep, cardsOf, chaseable, lastOf, phoneHref, stageOf, triesOf } from './chase';
import { iso, minute, rowOf } from './testing';

const late = (change = {}) =>
  rowOf({
    phase: 'waiting',
    buyer: ['absent'],
    change: { alerts: [{ kind: 'late', roles: ['buyer'], since: iso(2), call_at: iso(3), ...change }] },
  });
const tried = (id: string, minutes: number, change: Partial<Contacted> = {}): Contacted => ({
  id,
  at: iso(minutes),
  name: 'Kim',
  role: 'buyer',
  outcome: 'called',
  ...change,
});

describe('where the script stands', () => {
  test('nothing before the alert', () => {
    expect(stageOf(rowOf({ phase: 'waiting', buyer: ['absent'] }), minute(1))).toEqual({ stage: 'none' });
  });

  test('an alert at two minutes, the cards at three', () => {
    expect(stageOf(late(), minute(2))).toEqual({ stage: 'soon', callAt: minute(3) });
    expect(stageOf(late(), minute(3))).toEqual({ stage: 'call' });
  });

  test('who is coming is waited for, and called again when they are not here', () => {
    expect(stageOf(late({ expected_at: iso(9) }), minute(5))).toEqual({
      stage: 'coming',
      expectedAt: minute(9),
    });
    expect(stageOf(late({ expected_at: iso(9) }), minute(9))).toEqual({ stage: 'call' });
  });

  test('at ten minutes a verdict is proposed, until somebody decides', () => {
    const row = rowOf({
      phase: 'waiting',
      buyer: ['absent'],
      change: { alerts: [{ kind: 'no_show', roles: ['buyer'], since: iso(10), proposed: 'no_show_buyer' }] },
    });
    expect(stageOf(row, minute(10))).toEqual({ stage: 'propose', verdict: 'no_show_buyer' });
    expect(stageOf({ ...row, verdict: 'held_by_phone' }, minute(11))).toEqual({ stage: 'none' });
  });

  test('after the end nobody is called: what is left is to decide', () => {
    const row = rowOf({
      phase: 'ended',
      buyer: ['absent'],
      change: {
        alerts: [{ kind: 'no_show', roles: ['buyer'], since: iso(10), expected_at: iso(60) }],
      },
    });
    expect(stageOf(row, minute(48))).toEqual({ stage: 'decide', verdict: 'no_show_buyer' });
    expect(stageOf({ ...row, verdict: 'no_show_buyer' }, minute(48))).toEqual({ stage: 'none' });
    expect(stageOf({ ...row, alerts: [] }, minute(48))).toEqual({ stage: 'none' });
    expect(stageOf({ ...row, alerts: late({ expected_at: iso(60) }).alerts }, minute(48))).toEqual({
      stage: 'decide',
      verdict: null,
    });
  });

  test('who was there and left can be called, too', () => {
    expect(stageOf(rowOf({ buyer: ['left', 4] }), minute(5))).toEqual({ stage: 'call' });
  });
});

test('nobody calls a person who stands before the door', () => {
  const row = rowOf({ firm: ['lobby', 1], buyer: ['absent'] });
  expect(chaseable(row, minute(4)).map(({ role }) => role)).toEqual(['buyer']);
});

test('tries are told once, the newest first, whoever told them', () => {
  const script = { contacts: [tried('a', 3)] } as Script;
  const row = rowOf({ change: { contacts: [tried('a', 3), tried('b', 5, { outcome: 'no_answer' })] } });
  const tries = triesOf(row, script);
  expect(tries.map(({ id }) => id)).toEqual(['b', 'a']);
  expect(lastOf(tries, 'buyer')?.id).toBe('b');
  expect(lastOf(tries, 'firm')).toBeNull();
});

test('the card of who has come meanwhile goes away', () => {
  const script = { cards: [{ role: 'firm' }, { role: 'buyer' }] } as Script;
  expect(cardsOf(script, rowOf({ buyer: ['absent'] }), minute(4)).map(({ role }) => role)).toEqual(['buyer']);
});

describe('a telephone number', () => {
  test.each([
    ['+33 (0)1 42 68 53 00', 'tel:+33142685300'],
    ['031-860-0912', 'tel:0318600912'],
    ['', null],
    [undefined, null],
    ['ask Kim', null],
  ])('%s', (phone, href) => {
    expect(phoneHref(phone)).toBe(href);
  });
});

test('at night people are asleep', () => {
  expect([6, 7, 21, 22, 0].map(asleep)).toEqual([true, false, false, true, true]);
});
