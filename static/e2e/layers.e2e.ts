/** What people send follows what others look at, and who speaks has a ring: three people in a room, and one in a Firefox. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type ChromiumPerson, inChromium, inFirefox, type Person, pause } from './harness/browser';
import { type Fair, startDemo } from './harness/server';
import { Voices } from './harness/voice';

/** Frames that each layer of the camera has sent, by rid. For evaluate(). */
async function framesSent(): Promise<Record<string, number>> {
  const frames: Record<string, number> = {};
  const peer = window.__probe.peers.filter((p) => p.connectionState !== 'closed').at(-1);
  for (const stat of (await peer?.getStats())?.values() ?? [])
    if (stat.type === 'outbound-rtp' && stat.rid)
      frames[stat.rid] = stat.framesSent ?? stat.framesEncoded ?? 0;
  return frames;
}

/** The layers of somebody's camera that send within a second. */
async function sending(who: Person): Promise<string[]> {
  const before = await who.evaluate(framesSent, null);
  await pause(1000);
  const after = await who.evaluate(framesSent, null);
  return ['q', 'h', 'f'].filter((rid) => (after[rid] ?? 0) > (before[rid] ?? 0));
}

async function sendsAgain(who: Person, rid: string, within: number): Promise<number> {
  const begun = Date.now();
  const before = (await who.evaluate(framesSent, null))[rid] ?? 0;
  for (;;) {
    if (((await who.evaluate(framesSent, null))[rid] ?? 0) > before) return Date.now() - begun;
    if (Date.now() - begun > within) throw new Error(`${who.name} does not send ${rid} after ${within} ms`);
    await pause(20);
  }
}

async function sends(who: Person, want: string[], within: number): Promise<void> {
  const deadline = Date.now() + within;
  let got: string[] = [];
  while (Date.now() < deadline) {
    got = await sending(who);
    if (got.join() === want.join()) return;
  }
  expect(got, `what ${who.name} sends`).toEqual(want);
}

const videoOf = (role: string) => `[data-testid="tile"][data-kind="person"][data-role="${role}"] video`;

/** Begins to watch for the longest time between two frames of a video, and how many lines they have. */
function watch(selector: string): void {
  const video = document.querySelector<HTMLVideoElement>(selector);
  const seen = { last: performance.now(), longest: 0, lines: 0 };
  (window as unknown as { seen: typeof seen }).seen = seen;
  const frame = (now: number) => {
    seen.longest = Math.max(seen.longest, now - seen.last);
    seen.last = now;
    seen.lines = video?.videoHeight ?? 0;
    video?.requestVideoFrameCallback(frame);
  };
  video?.requestVideoFrameCallback(frame);
}

const seen = (who: Person) =>
  who.evaluate(() => (window as unknown as { seen: { longest: number; lines: number } }).seen, null);

const small = { width: 460, height: 420 };

describe('three people in a room', () => {
  const voices = new Voices();
  let fair: Fair;
  let booth: ChromiumPerson;
  let buyer: ChromiumPerson;
  let interpreter: ChromiumPerson;
  const everybody = () => [booth, buyer, interpreter].filter((p) => p !== undefined);

  beforeAll(async () => {
    fair = await startDemo();
    const [quiet, speech] = [voices.file('quiet'), voices.file('speech')];
    [booth, buyer, interpreter] = await Promise.all([
      inChromium('booth', { language: 'ko-KR', voice: quiet, ...small }),
      inChromium('buyer', { voice: speech, ...small }),
      inChromium('interpreter', { voice: quiet, ...small }),
    ]);
    await booth.open(fair.link(fair.open.booth));
    await booth.at('room');
    await buyer.open(fair.link('buyer'));
    await buyer.join();
    await interpreter.open(fair.link('interpreter'));
    await interpreter.join();
    await Promise.all([booth.sees('buyer'), interpreter.sees('buyer'), buyer.sees('firm')]);
  });
  afterEach(async () => {
    for (const person of everybody()) await person.expectNoFaults();
  });
  afterAll(async () => {
    await Promise.all(everybody().map((p) => p.close()));
    await fair?.end();
    voices.close();
  });

  test('in small tiles the upper layers are not sent', async () => {
    for (const person of everybody()) await sends(person, ['q'], 15_000);
  });

  test('in a larger window they are back within two seconds, and no picture stands still', async () => {
    await booth.evaluate(watch, videoOf('buyer'));
    const asked = Date.now();
    await booth.resize(1600, 1000);
    const came = await sendsAgain(buyer, 'f', 2500);
    await booth.until(
      '720 lines of the buyer',
      () => (window as unknown as { seen: { lines: number } }).seen.lines >= 700,
      null,
      4000,
    );
    const shown = Date.now() - asked;
    await pause(1500);
    const { longest } = await seen(booth);
    console.log(
      `the highest layer: sent after ${came} ms, seen after ${shown} ms; longest gap ${Math.round(longest)} ms`,
    );
    expect(came).toBeLessThan(2000);
    expect(longest).toBeLessThan(500);
    // Whom nobody has enlarged sends no more for it.
    expect(await sending(booth)).toEqual(['q']);
  });

  test('who is enlarged is sent sharper to that page, and the others smaller', async () => {
    await booth.resize(small.width, small.height);
    await interpreter.resize(1280, 800);
    await sends(booth, ['q', 'h'], 10_000);
    await interpreter.evaluate(watch, videoOf('buyer'));
    await interpreter.click('[data-testid="tile"][data-role="buyer"] [data-testid="enlarge"]');
    await interpreter.until(
      '720 lines of the buyer',
      () => (window as unknown as { seen: { lines: number } }).seen.lines >= 700,
      null,
      4000,
    );
    await sends(buyer, ['q', 'f'], 10_000);
    await sends(booth, ['q'], 10_000);
    expect((await seen(interpreter)).longest).toBeLessThan(500);
    expect(
      await interpreter.evaluate(
        (s) => document.querySelector(s)?.getAttribute('aria-pressed'),
        '[data-role="buyer"] [data-testid="enlarge"]',
      ),
    ).toBe('true');
  });

  test('a ring is round who speaks and round nobody else, until they are silent', async () => {
    const ring = '[data-testid="tile"][data-speaks="true"]';
    for (const person of everybody()) await person.appears(`${ring}[data-role="buyer"]`);
    await pause(3000);
    for (const person of everybody()) {
      const roles = await person.evaluate(
        (s) => [...document.querySelectorAll(s)].map((tile) => tile.getAttribute('data-role')),
        ring,
      );
      expect(roles, `who speaks for ${person.name}`).toEqual(['buyer']);
    }
    await buyer.click('[data-testid="mic-toggle"]');
    for (const person of everybody()) await person.vanishes(ring, 3000);
    await buyer.click('[data-testid="mic-toggle"]');
    await booth.appears(`${ring}[data-role="buyer"]`);
  });

  test('one alone sends no more than the lowest', async () => {
    await buyer.resize(1600, 1000);
    await sends(booth, ['q', 'f'], 10_000);
    await buyer.click('[data-testid="leave"]');
    await interpreter.click('[data-testid="leave"]');
    await sends(booth, ['q'], 10_000);
  });
});

describe('somebody in a Firefox', () => {
  let fair: Fair;
  let booth: ChromiumPerson;
  let buyer: Person;

  beforeAll(async () => {
    fair = await startDemo();
    [booth, buyer] = await Promise.all([
      inChromium('booth', { language: 'ko-KR', ...small }),
      inFirefox('buyer'),
    ]);
    await booth.open(fair.link(fair.open.booth));
    await booth.at('room');
    await buyer.open(fair.link('buyer'));
    await buyer.join();
    await booth.sees('buyer');
  });
  afterAll(async () => {
    await booth?.expectNoFaults();
    await buyer?.expectNoFaults();
    await Promise.all([booth, buyer].map((p) => p?.close()));
    await fair?.end();
  });

  test('sends what is looked at, and sends it again when it is', async () => {
    await sends(buyer, ['q'], 15_000);
    await booth.evaluate(watch, videoOf('buyer'));
    await booth.resize(1600, 1000);
    const came = await sendsAgain(buyer, 'f', 4000);
    await pause(2500);
    const { longest, lines } = await seen(booth);
    console.log(`Firefox: sent after ${came} ms, ${lines} lines, longest gap ${Math.round(longest)} ms`);
    expect(longest).toBeLessThan(1000);
  });
});
