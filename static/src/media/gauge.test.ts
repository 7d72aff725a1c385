import { expect, test } from 'vitest';
import type { Stat } from './diagnose';
import { type Gauge, gaugeOf, measured } from './gauge';

const pair = (over: Partial<Stat> = {}): Stat => ({
  id: 'pair',
  type: 'candidate-pair',
  timestamp: 1000,
  state: 'succeeded',
  nominated: true,
  localCandidateId: 'here',
  currentRoundTripTime: 0.25,
  availableOutgoingBitrate: 2_000_000,
  bytesSent: 5000,
  bytesReceived: 7000,
  ...over,
});
const here = (over: Partial<Stat> = {}): Stat => ({
  id: 'here',
  type: 'local-candidate',
  timestamp: 1000,
  candidateType: 'host',
  protocol: 'udp',
  ...over,
});

test('a reading adds up what the browser counts by stream', () => {
  const gauge = gaugeOf([
    pair(),
    here(),
    pair({ id: 'other', nominated: false, bytesSent: 1, localCandidateId: 'nobody' }),
    {
      id: 'o1',
      type: 'outbound-rtp',
      timestamp: 1,
      kind: 'video',
      rid: 'q',
      bytesSent: 900,
      packetsSent: 10,
    },
    { id: 'o2', type: 'outbound-rtp', timestamp: 1, kind: 'audio', bytesSent: 90, packetsSent: 5 },
    { id: 'r1', type: 'remote-inbound-rtp', timestamp: 1, kind: 'video', packetsLost: 2 },
    { id: 'r2', type: 'remote-inbound-rtp', timestamp: 1, kind: 'audio', packetsLost: -1 },
    {
      id: 'i1',
      type: 'inbound-rtp',
      timestamp: 1,
      kind: 'audio',
      packetsReceived: 30,
      packetsLost: 3,
      jitter: 0.012,
    },
    {
      id: 'i2',
      type: 'inbound-rtp',
      timestamp: 1,
      kind: 'video',
      packetsReceived: 40,
      packetsLost: 1,
      jitter: 0.3,
    },
  ]);
  expect(gauge).toEqual({
    at: 1000,
    route: 'udp',
    overTLS: false,
    roundTrip: 250,
    jitter: 12,
    estimate: 2_000_000,
    sent: 5000,
    received: 7000,
    layers: new Map([['q', 900]]),
    packetsSent: 15,
    lostUp: 2,
    packetsReceived: 70,
    lostDown: 4,
  });
});

test.each([
  [
    'a relay, however it is reached',
    { candidateType: 'relay', protocol: 'udp', relayProtocol: 'tls' },
    'relay',
  ],
  ['TCP', { protocol: 'tcp' }, 'tcp'],
  ['an address that was learnt on the way', { candidateType: 'prflx' }, 'udp'],
])('the route of %s', (_name, over, route) => {
  expect(gaugeOf([pair(), here(over)]).route).toBe(route);
});

test.each([
  ['tls', true],
  ['tcp', false],
  ['udp', false],
])('a relay that is reached by %s', (relayProtocol, overTLS) => {
  const stats = [pair(), here({ candidateType: 'relay', relayProtocol })];
  expect(gaugeOf(stats).overTLS).toBe(overTLS);
});

test('where the pair has no round trip, the reports of the server tell it', () => {
  const { currentRoundTripTime: _, ...old } = pair();
  const report = (id: string, roundTripTime: number): Stat => ({
    id,
    type: 'remote-inbound-rtp',
    timestamp: 1,
    roundTripTime,
  });
  expect(gaugeOf([old, here()]).roundTrip).toBeNull();
  expect(gaugeOf([old, here(), report('a', 0.09), report('b', 0.08), report('c', 0)]).roundTrip).toBe(80);
});

test('without a pair in use there is no route', () => {
  expect(gaugeOf([pair({ state: 'in-progress' }), here()]).route).toBe('');
});

const gauge = (second: number, over: Partial<Gauge> = {}): Gauge => ({
  at: 1000 * second,
  route: 'udp',
  overTLS: false,
  roundTrip: 80,
  jitter: 4,
  estimate: 1_800_000,
  sent: second * 150_000,
  received: second * 125_000,
  layers: new Map([['f', second * 120_000]]),
  packetsSent: second * 100,
  lostUp: 0,
  packetsReceived: second * 100,
  lostDown: 0,
  ...over,
});

test('up is what the browser would dare to send, down is at least what came back', () => {
  const found = measured([gauge(1), gauge(2), gauge(3)]);
  expect(found).toEqual({
    route: 'udp',
    overTLS: false,
    roundTrip: 80,
    jitter: 4,
    lossUp: 0,
    lossDown: 0,
    up: { bits: 1_800_000, atLeast: false },
    down: { bits: 1_000_000, atLeast: true },
  });
});

test('where the browser does not tell, up is at least what went', () => {
  const found = measured([gauge(1, { estimate: null }), gauge(2, { estimate: null })]);
  expect(found.up).toEqual({ bits: 1_200_000, atLeast: true });
});

test('who sends no picture has not tried what the line carries', () => {
  const still = { layers: new Map<string, number>(), estimate: 100_000 };
  const found = measured([
    gauge(1, { ...still, sent: 5000, received: 5000 }),
    gauge(2, { ...still, sent: 9000, received: 9000 }),
  ]);
  expect(found).toMatchObject({ up: null, down: null, roundTrip: 80 });
});

test('a still picture of few bytes makes no line narrow', () => {
  const at = (second: number) =>
    gauge(second, { received: second * 10_000, layers: new Map([['f', second * 11_000]]) });
  expect(measured([at(1), at(3)]).down).toBeNull();
});

test('when far less comes back than went, that is what the line carries down', () => {
  const at = (second: number) => gauge(second, { received: second * 15_000 });
  expect(measured([at(1), at(3)]).down).toEqual({ bits: 120_000, atLeast: false });
});

test('loss is of what was sent, and of what should have come', () => {
  const found = measured([gauge(1), gauge(3, { lostUp: 20, packetsReceived: 250, lostDown: 50 })]);
  expect(found.lossUp).toBeCloseTo(0.1);
  expect(found.lossDown).toBeCloseTo(0.25);
});

test('a new PeerConnection in between is measured from its own beginning', () => {
  const found = measured([gauge(50), gauge(1, { at: 51_000 }), gauge(2, { at: 52_000 })]);
  expect(found.down).toEqual({ bits: 1_000_000, atLeast: true });
});

test('no reading tells nothing', () => {
  expect(measured([])).toMatchObject({ route: '', roundTrip: null, up: null, down: null });
});
