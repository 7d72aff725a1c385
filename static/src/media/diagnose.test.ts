import { expect, test } from 'vitest';
import { diagnosticsOf, type Stat } from './diagnose';

const around = {
  userAgent: 'Mozilla/5.0 Chrome/142.0.0.0 Safari/537.36',
  platform: 'Windows',
  screen: '1920×1080 at 1',
  battery: '',
  network: 'wifi 4g',
};

const pair: Stat[] = [
  {
    id: 'p',
    type: 'candidate-pair',
    timestamp: 1000,
    state: 'succeeded',
    nominated: true,
    currentRoundTripTime: 0.183,
    localCandidateId: 'l',
    remoteCandidateId: 'r',
    availableOutgoingBitrate: 2_500_000,
  },
  {
    id: 'l',
    type: 'local-candidate',
    timestamp: 1000,
    candidateType: 'relay',
    protocol: 'udp',
    relayProtocol: 'tls',
  },
  { id: 'r', type: 'remote-candidate', timestamp: 1000, candidateType: 'host', protocol: 'udp' },
];

const camera = (over: Partial<Stat>): Stat => ({
  id: 'f',
  type: 'outbound-rtp',
  kind: 'video',
  rid: 'f',
  timestamp: 1000,
  packetsSent: 900,
  bytesSent: 0,
  frameWidth: 1280,
  frameHeight: 720,
  framesPerSecond: 25,
  qualityLimitationReason: 'bandwidth',
  ...over,
});

test('rates are of the time between the readings', () => {
  const told = diagnosticsOf(
    [camera({ bytesSent: 1000 })],
    [camera({ timestamp: 2000, bytesSent: 113_500 }), ...pair],
    around,
  );
  expect(told).toMatchObject({
    route: 'udp relay over tls to host',
    rtt_ms: 183,
    sending: '1280×720 25/s 900 kbit/s',
    receiving: 'no picture',
    limited: 'bandwidth',
    network: 'wifi 4g',
    browser: around.userAgent,
  });
  expect(told.battery).toBeUndefined();
  expect(told.lines[0]).toBe('may send 2500 kbit/s');
  expect(told.lines[1]).toBe('out video f 1280×720 25/s 900 kbit/s packets 900 limited by bandwidth');
});

test('no address is told, wherever a browser puts one', () => {
  const told = diagnosticsOf(
    [],
    [
      camera({
        encoderImplementation:
          'at 192.168.0.7 and fe80:1:2:3::1 and 01234567-89ab-cdef-0123-456789abcdef.local',
      }),
    ],
    { ...around, network: '10.0.0.1' },
  );
  const text = JSON.stringify({ ...told, browser: '' });
  expect(text).not.toMatch(/192\.168|fe80|10\.0\.0|\.local/);
  expect(told.browser).toContain('142.0.0.0');
});

test('it is bounded, and streams that never carried anything say nothing', () => {
  const many = Array.from({ length: 500 }, (_, i) =>
    camera({ id: `${i}`, encoderImplementation: 'x'.repeat(500), packetsSent: i === 0 ? 0 : 1 }),
  );
  const told = diagnosticsOf([], many, { ...around, userAgent: 'u'.repeat(1000) });
  expect(told.lines).toHaveLength(200);
  expect(Math.max(...told.lines.map((line) => line.length))).toBeLessThanOrEqual(200);
  expect(told.browser.length).toBe(200);
});

test('without a connection it still tells what it is', () => {
  expect(diagnosticsOf([], [], around)).toMatchObject({ route: 'unknown', rtt_ms: 0, lines: [] });
});
