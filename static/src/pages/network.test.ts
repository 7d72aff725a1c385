import { beforeAll, expect, test } from 'vitest';
import { createWords, type Words } from '../i18n/words';
import type { NetworkTest } from '../protocol/types';
import type { NetworkFound } from '../room/model';
import { verdictOf } from '../room/networktest';
import { detailsOf, lineOf, reportOf, retold, stepOf } from './network';

const network = (over: Partial<NetworkTest> = {}): NetworkTest => ({
  at: '2021-12-03T14:05:00Z',
  socket: 'passed',
  udp: 'passed',
  tcp: 'failed',
  tls: 'untested',
  path: 'normal',
  route: 'udp',
  rtt_ms: 184,
  jitter_ms: 0,
  loss_up: 0,
  loss_down: 0.0114,
  up_kbps: 2400,
  down_kbps: 720,
  ...over,
});

function found(over: Partial<NetworkTest> = {}): NetworkFound {
  const test = network(over);
  return {
    test,
    verdict: verdictOf(test),
    upAtLeast: false,
    downAtLeast: true,
    lossUp: null,
    lossDown: test.loss_down,
    socketRoundTrip: 186.4,
    device: { clockOffset: -187_000, microphone: 'silent' },
  };
}

const english = createWords(null, ['en']);
let korean: Words;
let staff: Words;

beforeAll(async () => {
  korean = createWords(null, ['ko']);
  await korean.choose('ko');
  staff = createWords(null, ['ko']);
  await staff.forStaff();
});

test('the details say what works, what does not, and what nobody measured', () => {
  const told = Object.fromEntries(detailsOf(found(), '443', english.t).map(({ of, value }) => [of, value]));
  expect(told).toEqual({
    socket: 'open · \u2068186 ms\u2069',
    udp: 'open',
    tcp: 'shut',
    tls: 'not tried',
    route: 'UDP',
    roundTrip: '184 ms',
    jitter: 'not measured',
    up: '2.4 Mbit/s',
    down: 'at least 720 kbit/s',
    lossUp: 'not measured',
    lossDown: '1.1 %',
    microphone: 'heard nothing',
    clock: '187 s off',
  });
});

test('the way by TLS is named with the port of the pages', () => {
  expect(stepOf('tls', '8443', english.t)).toEqual({ number: 5, of: 5, word: 'Trying the way by TLS 8443' });
  expect(stepOf('media', '443', korean.t)).toMatchObject({ number: 2, word: korean.t('network.step.media') });
});

test('the file speaks the language of its reader, then English', () => {
  const text = reportOf(
    { found: found(), origin: 'https://hall.example', port: '443', browser: 'Chrome 142' },
    korean,
    english,
  );
  const [first, second] = halves(text);
  expect(first).toContain('결과: 네트워크가 좋습니다');
  expect(first).toContain('\nTCP: 막힘\n');
  expect(first).toContain(': 열림 · 186 ms\n');
  expect(second).toContain('Result: This network is good');
  expect(second).toContain('\nTCP: shut\n');
  for (const half of [first, second]) {
    expect(half).toContain('https://hall.example/network');
    expect(half).toContain('2021-12-03T14:05:00Z');
    expect(half).toContain('Chrome 142');
  }
});

function halves(text: string): [string, string] {
  const at = text.indexOf(`${english.t('app.name')}: ${english.t('network.title')}`);
  return [text.slice(0, at), text.slice(at)];
}

test('who reads English has it once', () => {
  const text = reportOf({ found: found(), origin: 'https://h', port: '443', browser: 'b' }, english, english);
  expect(text.split('Result: ')).toHaveLength(2);
});

test.each([
  [{}, '네트워크: UDP · 올리기 2.4 Mbit/s · 내려받기 720 kbit/s 이상 · 손실 1.1 % · 막힌 길: TCP'],
  [
    { udp: 'failed', tls: 'passed', route: 'relay', up_kbps: 240, down_kbps: 200, loss_down: 0 },
    '네트워크: 중계 · 올리기 240 kbit/s · 내려받기 200 kbit/s · 손실 0 % · 막힌 길: UDP, TCP',
  ],
  [
    { udp: 'failed', tls: 'failed', route: '', up_kbps: 0, down_kbps: 0, loss_down: 0 },
    '네트워크: 모두 막힘 · 막힌 길: UDP, TCP, TLS 443',
  ],
] as [Partial<NetworkTest>, string][])('a coordinator reads one line: %j', (over, line) => {
  expect(lineOf(retold(network(over)), '443', staff.t)).toBe(line);
});
