import { afterAll, beforeAll, expect, test } from 'vitest';
import { inChromium, type Person } from './harness/browser';
import { type Fair, startDemo } from './harness/server';

let fair: Fair;
let booth: Person;
let buyer: Person;

beforeAll(async () => {
  fair = await startDemo();
  [booth, buyer] = await Promise.all([inChromium('booth', { language: 'ko-KR' }), inChromium('buyer')]);
  await booth.open(fair.link(fair.open.booth));
  await booth.at('room');
  await buyer.open(fair.link('buyer'));
});
afterAll(async () => {
  await Promise.all([booth?.close(), buyer?.close()]);
  await fair?.end();
});

test('from the click on Join to the first picture of the other, ten times', async () => {
  const times: number[] = [];
  for (let i = 0; i < 10; i++) {
    await buyer.at('lobby');
    // Measured in the page itself: the driver's own round trips are no part of it.
    await buyer.evaluate(() => {
      const seen = window as unknown as { joinMs?: number };
      delete seen.joinMs;
      const button = document.querySelector('[data-testid="join"]');
      button?.addEventListener(
        'click',
        () => {
          const clicked = performance.now();
          const watched = new WeakSet<Element>();
          const look = setInterval(() => {
            for (const video of document.querySelectorAll<HTMLVideoElement>(
              '[data-testid="tile"][data-kind="person"] video',
            )) {
              if (watched.has(video)) continue;
              watched.add(video);
              video.requestVideoFrameCallback((now) => {
                clearInterval(look);
                seen.joinMs ??= now - clicked;
              });
            }
          }, 2);
        },
        { once: true, capture: true },
      );
    }, null);
    await buyer.join();
    await buyer.until(
      'the first frame',
      () => (window as unknown as { joinMs?: number }).joinMs !== undefined,
      null,
      10_000,
    );
    times.push(await buyer.evaluate(() => (window as unknown as { joinMs: number }).joinMs, null));
    await buyer.click('[data-testid="leave"]');
    await buyer.at('over');
    await buyer.click('[data-testid="back-in"]');
  }
  times.sort((a, b) => a - b);
  const median = ((times[4] ?? 0) + (times[5] ?? 0)) / 2;
  console.log(
    `join click to first remote frame, loopback: median ${median.toFixed(0)} ms of ${times.map((t) => t.toFixed(0)).join(', ')} ms`,
  );
  expect(median).toBeLessThan(3000);
  expect((await buyer.calls()).createOffer).toBe(1);
  await buyer.expectNoFaults();
});
