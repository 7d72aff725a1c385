/** What a network test comes to in words: for the lobby, for the console, and for a file. */
import type { Key, Words } from '../i18n/words';
import type { NetworkTest, TestResult } from '../protocol/types';
import type { NetworkFound, NetworkStep, Verdict } from '../room/model';
import { isNarrow, networkSteps, verdictOf } from '../room/networktest';
import type { Shape, Tone } from '../ui/state';

type T = Words['t'];

export const verdictTones: Record<Verdict, Tone> = {
  good: 'live',
  around: 'live',
  narrow: 'wait',
  shaky: 'wait',
  sound: 'wait',
  blocked: 'late',
};

export const resultSigns: Record<TestResult, { tone: Tone; shape: Shape }> = {
  passed: { tone: 'live', shape: 'full' },
  failed: { tone: 'late', shape: 'cross' },
  untested: { tone: 'idle', shape: 'ring' },
};

/** The port of the pages, by which TLS goes, too. */
export const webPort = (): string => location.port || '443';

/** The ways by the names that network people know. */
export const wayName = (way: 'udp' | 'tcp' | 'tls', port: string): string =>
  way === 'tls' ? `TLS ${port}` : way.toUpperCase();

/** stepOf is how far a running test has come. */
export function stepOf(step: NetworkStep, port: string, t: T): { number: number; of: number; word: string } {
  const word =
    step === 'socket' || step === 'media'
      ? t(`network.step.${step}`)
      : t('network.step.way', { way: wayName(step, port) });
  return { number: networkSteps.indexOf(step) + 1, of: networkSteps.length, word };
}

/** One line of the details. */
export interface Detail {
  of: string;
  name: string;
  value: string;
  /** of what either works or does not */
  result: TestResult | null;
}

const results: Record<TestResult, Key> = {
  passed: 'network.open',
  failed: 'network.shut',
  untested: 'network.untried',
};

/** A clock this far off misleads nobody. */
const offBy = 2000;

const bitrate = (kbps: number): string =>
  kbps >= 1000 ? `${(kbps / 1000).toFixed(1)} Mbit/s` : `${Math.round(kbps)} kbit/s`;
const milliseconds = (ms: number): string => `${Math.round(ms)} ms`;
const percent = (share: number): string => `${Math.round(1000 * share) / 10} %`;

/** detailsOf is all that a test found out, in the order in which network people ask for it. */
export function detailsOf(found: NetworkFound, port: string, t: T): Detail[] {
  const { test } = found;
  const way = (of: 'udp' | 'tcp' | 'tls'): Detail => ({
    of,
    name: wayName(of, port),
    value: t(results[test[of]]),
    result: test[of],
  });
  const figure = (of: string, name: Key, value: string | null): Detail => ({
    of,
    name: t(name),
    value: value ?? t('network.unknown'),
    result: null,
  });
  const known = (ms: number): string | null => (ms > 0 ? milliseconds(ms) : null);
  const lost = (share: number | null): string | null => (share === null ? null : percent(share));
  // Apart from the word before it, which may run the other way (UAX 9).
  const reply = found.socketRoundTrip === null ? '' : ` · \u2068${milliseconds(found.socketRoundTrip)}\u2069`;
  const messages: Detail = {
    of: 'socket',
    name: t('network.messages'),
    value: t(results[test.socket]) + reply,
    result: test.socket,
  };
  return [
    messages,
    way('udp'),
    way('tcp'),
    way('tls'),
    figure('route', 'network.route', routeName(test.route, t)),
    figure('roundTrip', 'network.roundTrip', known(test.rtt_ms)),
    figure('jitter', 'network.jitter', known(test.jitter_ms)),
    figure('up', 'network.up', rateOf(test.up_kbps, found.upAtLeast, t)),
    figure('down', 'network.down', rateOf(test.down_kbps, found.downAtLeast, t)),
    figure('lossUp', 'network.lossUp', lost(found.lossUp)),
    figure('lossDown', 'network.lossDown', lost(found.lossDown)),
    ...aroundOf(found).map(({ of, name, value }) => figure(of, name, value(t))),
  ];
}

/** null while it is not known */
function rateOf(kbps: number, atLeast: boolean, t: T): string | null {
  if (kbps === 0) return null;
  return atLeast ? t('network.atLeast', { rate: bitrate(kbps) }) : bitrate(kbps);
}

/** What the device adds to it; the coordinators have that from its other tests. */
function aroundOf({ device }: NetworkFound): { of: string; name: Key; value: (t: T) => string }[] {
  if (!device) return [];
  const { microphone, clockOffset } = device;
  return [
    { of: 'microphone', name: 'network.microphone', value: (t) => t(microphoneWords[microphone]) },
    { of: 'clock', name: 'network.clock', value: (t) => clockOf(clockOffset, t) },
  ];
}

/** retold is what the wire tells of a test: it does not say which rates may be higher, but that follows. */
export function retold(test: NetworkTest): NetworkFound {
  const measured = test.up_kbps > 0 || test.down_kbps > 0 || test.loss_up > 0 || test.loss_down > 0;
  return {
    test,
    verdict: verdictOf(test),
    upAtLeast: false,
    downAtLeast: !isNarrow(test.down_kbps),
    lossUp: measured ? test.loss_up : null,
    lossDown: measured ? test.loss_down : null,
    socketRoundTrip: null,
    device: null,
  };
}

/** lineOf is a test in one line for a coordinator: by which way, how wide, what gets lost, what is shut. */
export function lineOf(found: NetworkFound, port: string, t: T): string {
  const { test, lossUp, lossDown } = found;
  const up = rateOf(test.up_kbps, found.upAtLeast, t);
  const down = rateOf(test.down_kbps, found.downAtLeast, t);
  const shut = (['udp', 'tcp', 'tls'] as const).filter((way) => test[way] === 'failed');
  const lost = lossUp === null && lossDown === null ? null : Math.max(lossUp ?? 0, lossDown ?? 0);
  const parts = [
    routeName(test.route, t) ?? t('readiness.network.nothing'),
    up && `${t('network.up')} ${up}`,
    down && `${t('network.down')} ${down}`,
    lost !== null && t('readiness.network.lost', { share: percent(lost) }),
    shut.length > 0 &&
      t('readiness.network.shut', { ways: shut.map((way) => wayName(way, port)).join(', ') }),
  ];
  return `${t('readiness.network.title')}: ${parts.filter(Boolean).join(' · ')}`;
}

const microphoneWords = {
  heard: 'network.heard',
  silent: 'network.silent',
  off: 'network.noMicrophone',
} as const;

function routeName(route: NetworkFound['test']['route'], t: T): string | null {
  if (route === '') return null;
  return route === 'relay' ? t('network.relay') : route.toUpperCase();
}

function clockOf(offset: number, t: T): string {
  if (Math.abs(offset) < offBy) return t('network.right');
  return t('network.off', { seconds: Math.round(Math.abs(offset) / 1000) });
}

/** What the sheet says besides what was found. */
export interface ReportOf {
  found: NetworkFound;
  /** where the pages are: https://hall.example */
  origin: string;
  port: string;
  browser: string;
}

/** reportOf is the file for a company's network people: the reader's language, then English. */
export function reportOf(report: ReportOf, words: Words, english: Words): string {
  const inTwo = words.language.peek() === 'en' ? [english] : [words, english];
  // Marks that keep directions apart on a page are noise in a file that may be read anywhere.
  return `${inTwo.map(({ t }) => part(report, t)).join('\n\n')}\n`.replace(/[\u2068\u2069]/g, '');
}

function part({ found, origin, port, browser }: ReportOf, t: T): string {
  const title = `${t('app.name')}: ${t('network.title')}`;
  const { verdict, test } = found;
  return [
    title,
    '='.repeat(title.length),
    `${t('network.result')}: ${t(`network.verdict.${verdict}.title`)}`,
    t(`network.verdict.${verdict}.body`),
    '',
    `${t('network.server')}: ${origin}`,
    `${t('network.time')}: ${test.at}`,
    `${t('network.browser')}: ${browser}`,
    '',
    ...detailsOf(found, port, t).map(({ name, value }) => `${name}: ${value}`),
    '',
    `${t('network.sheet')}: ${origin}/network`,
  ].join('\n');
}
