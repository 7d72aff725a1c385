import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { NetworkTest, Readiness } from '../protocol/types';
import { browserOf, type Findings, type Remembered, Reporter, readinessOf, sameResults } from './readiness';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const chrome =
  'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';

function findings(over: Partial<Findings> = {}): Findings {
  return {
    microphone: { state: 'on', label: 'm', deviceId: '1' },
    camera: { state: 'on', label: 'c', deviceId: '2' },
    audible: true,
    voice: { state: 'heard' },
    tone: { state: 'idle' },
    path: 'connected',
    roundTrip: 41.6,
    userAgent: chrome,
    clockOffset: -12.4,
    zone: 'Europe/Paris',
    network: null,
    ...over,
  };
}

test('a device on which everything was tried is told in full', () => {
  expect(readinessOf(findings())).toEqual({
    microphone: 'passed',
    camera: 'passed',
    speaker: 'passed',
    media: 'passed',
    rtt_ms: 42,
    browser: 'Chrome 141',
    supported: true,
    clock_offset_ms: -12,
    zone: 'Europe/Paris',
  });
});

test.each([
  ['an open microphone that nobody spoke into', { audible: false }, { microphone: 'untested' }],
  [
    'a recording of silence',
    { audible: false, voice: { state: 'failed', why: 'silent' } },
    { microphone: 'failed', speaker: 'untested' },
  ],
  ['a microphone in use', { microphone: { state: 'problem', problem: 'busy' } }, { microphone: 'failed' }],
  ['a camera switched off', { camera: { state: 'off' } }, { camera: 'untested' }],
  ['a camera denied', { camera: { state: 'problem', problem: 'denied' } }, { camera: 'failed' }],
  ['a tone nobody heard', { voice: { state: 'idle' }, tone: { state: 'not_heard' } }, { speaker: 'failed' }],
  ['one of both heard', { voice: { state: 'not_heard' }, tone: { state: 'heard' } }, { speaker: 'passed' }],
  ['media without a way', { path: 'hopeless', roundTrip: null }, { media: 'failed', rtt_ms: 0 }],
] as [string, Partial<Findings>, Partial<Readiness>][])('%s is told as such', (_, over, told) => {
  expect(readinessOf(findings(over))).toMatchObject(told);
});

test.each([
  [chrome, 'Chrome 141'],
  [`${chrome} Edg/141.0.3`, 'Edge 141'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox 140'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 Version/18.2 Mobile Safari/604.1',
    'Safari 18.2',
  ],
  [
    'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 SamsungBrowser/27.0 Chrome/125.0 Mobile Safari/537.36',
    'Samsung Internet 27',
  ],
  ['Something new', 'Something new'],
])('%s is called %s', (userAgent, name) => {
  expect(browserOf(userAgent)).toBe(name);
});

test('round trips and the drift of a clock are no news', () => {
  const one = readinessOf(findings());
  expect(sameResults(one, { ...one, rtt_ms: 300, clock_offset_ms: 900 })).toBe(true);
  expect(sameResults(one, { ...one, clock_offset_ms: 3_600_000 })).toBe(false);
  expect(sameResults(one, { ...one, speaker: 'failed' })).toBe(false);
});

function reporting() {
  const posts: Readiness[] = [];
  let answers = true;
  let kept: Remembered | null = null;
  const reporter = new Reporter({
    post: async (r) => {
      if (!answers) throw new Error('away');
      posts.push(r);
    },
    memory: {
      get: () => kept,
      set: (results) => {
        kept = results;
      },
    },
  });
  return { posts, reporter, away: (away: boolean) => (answers = !away) };
}

const run = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('findings are told once they settle, and no more often than they change', async () => {
  const { posts, reporter } = reporting();
  const first = readinessOf(findings({ voice: { state: 'idle' } }));
  reporter.learn(first);
  const second = readinessOf(findings());
  reporter.learn(second);
  await run(3000);
  expect(posts).toEqual([second]);
  reporter.learn({ ...second, rtt_ms: 80 });
  await run(60_000);
  expect(posts).toHaveLength(1);
  reporter.learn({ ...second, camera: 'failed' });
  await run(3000);
  expect(posts).toHaveLength(2);
});

test('who has tried nothing is not told', async () => {
  const { posts, reporter } = reporting();
  const off = { state: 'off' } as const;
  reporter.learn(
    readinessOf(findings({ microphone: off, camera: off, audible: false, voice: { state: 'idle' } })),
  );
  await run(60_000);
  expect(posts).toEqual([]);
});

test('who has no device has a network to tell of, and a second test of it is news', async () => {
  const { posts, reporter } = reporting();
  const off = { state: 'off' } as const;
  const nothing = { microphone: off, camera: off, audible: false, voice: { state: 'idle' } } as const;
  const network: NetworkTest = {
    at: '2021-12-06T00:00:00Z',
    socket: 'passed',
    udp: 'failed',
    tcp: 'passed',
    tls: 'untested',
    path: 'normal',
    route: 'tcp',
    rtt_ms: 90,
    jitter_ms: 3,
    loss_up: 0,
    loss_down: 0,
    up_kbps: 0,
    down_kbps: 0,
  };
  reporter.learn(readinessOf(findings({ ...nothing, network })));
  await run(3000);
  expect(posts.map((post) => post.network)).toEqual([network]);
  const later = { ...network, at: '2021-12-06T00:01:00Z' };
  reporter.learn(
    readinessOf(findings({ ...nothing, microphone: { state: 'problem', problem: 'busy' }, network })),
  );
  reporter.learn(readinessOf(findings({ ...nothing, network: later })));
  // It waits for no turn.
  await run(3000);
  expect(posts.map((post) => post.network)).toEqual([network, later]);
});

test('a report that was lost is told again with the next finding', async () => {
  const { posts, reporter, away } = reporting();
  away(true);
  reporter.learn(readinessOf(findings()));
  await run(3000);
  away(false);
  reporter.learn(readinessOf(findings()));
  await run(20_000);
  expect(posts).toHaveLength(1);
});

test('going in tells at once', async () => {
  const { posts, reporter } = reporting();
  reporter.learn(readinessOf(findings()));
  await reporter.flush();
  expect(posts).toHaveLength(1);
  await run(60_000);
  expect(posts).toHaveLength(1);
});

test('a page loaded anew tells what the device has shown before, until it shows something else', async () => {
  const { posts, reporter } = reporting();
  reporter.learn(readinessOf(findings()));
  await reporter.flush();
  const untried = findings({ audible: false, voice: { state: 'idle' } });
  reporter.learn(readinessOf(untried));
  await reporter.flush();
  expect(posts[1]).toMatchObject({ microphone: 'passed', speaker: 'passed' });
  reporter.learn(readinessOf({ ...untried, tone: { state: 'not_heard' } }));
  await reporter.flush();
  expect(posts[2]).toMatchObject({ microphone: 'passed', speaker: 'failed' });
});
