import { expect, test } from 'vitest';
import type { Consultation, Participant, SeatRole } from '../../protocol/types';
import type { Tile } from '../../room/model';
import { arrange } from './arrange';

const consultation = {
  firm: { name: 'Firm 01', products: '' },
  buyer: { name: 'Buyer US-1', country: 'US', zone: '', language: 'en' },
  interpreter: { name: 'Interpreter EN', languages: [] },
} as unknown as Consultation;

function person(id: string, role: SeatRole): Participant {
  return {
    id,
    seat: `S01/${role}`,
    role,
    name: id,
    sources: [],
    resting: [],
    narrow: false,
    away: false,
    since: '',
  };
}

function tile(kind: Tile['kind'], participant: Participant): Tile {
  return {
    key: `${kind}:${participant.id}`,
    kind,
    slot: null,
    participant,
    picture: null,
    pictureOn: false,
    heldBy: 'nobody',
    microphoneOn: false,
  };
}

const [firm, buyer, interpreter] = [person('f', 'firm'), person('b', 'buyer'), person('i', 'interpreter')];

test('who is expected has a place before coming', () => {
  const places = arrange([tile('self', buyer)], [buyer], consultation, 'buyer');
  expect(places.map(({ key, size }) => `${key} ${size}`)).toEqual([
    'absent-firm large',
    'absent-interpreter small',
    'self:b self',
  ]);
});

test('an interpreter sees firm and buyer large, the firm first', () => {
  const tiles = [tile('self', interpreter), tile('person', buyer), tile('person', firm)];
  const places = arrange(tiles, [interpreter, buyer, firm], consultation, 'interpreter');
  expect(places.map(({ key, size }) => `${key} ${size}`)).toEqual([
    'person:f large',
    'person:b large',
    'self:i self',
  ]);
});

test('who is enlarged takes the stage where it stands, and nobody changes places', () => {
  const tiles = [tile('self', interpreter), tile('person', buyer), tile('person', firm)];
  const people = [interpreter, buyer, firm];
  const sizes = (enlarged: string | null, of = tiles) =>
    arrange(of, people, consultation, 'interpreter', enlarged).map(({ key, size }) => `${key} ${size}`);
  expect(sizes('person:b')).toEqual(['person:f small', 'person:b stage', 'self:i self']);
  // Nobody is: who left, oneself, and one alone.
  const plain = sizes(null);
  expect(sizes('person:x')).toEqual(plain);
  expect(sizes('self:i')).toEqual(plain);
  const two = [tile('self', interpreter), tile('person', firm)];
  expect(sizes('person:f', two)).toEqual(sizes(null, two));
});

test('a shared screen comes first and people keep their order', () => {
  const tiles = [tile('self', buyer), tile('person', firm), tile('person', interpreter), tile('stage', firm)];
  const places = arrange(tiles, [buyer, firm, interpreter], consultation, 'buyer');
  expect(places.map(({ size }) => size)).toEqual(['stage', 'large', 'small', 'self']);
});
