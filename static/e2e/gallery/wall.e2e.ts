/**
 * The wall under the keyboard and on its screens, on fake models: sixteen rooms fit a wall screen, arrows move, Enter
 * opens beside the wall, Escape gives the focus back, and who may only look is offered nothing that would be refused.
 */
import { resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';

const here = import.meta.dirname;
let server: ViteDevServer;
let browser: Browser;
let address: string;

beforeAll(async () => {
  server = await createServer({
    configFile: resolve(here, 'vite.config.ts'),
    logLevel: 'warn',
    server: { host: '127.0.0.1', port: 0, fs: { allow: [resolve(here, '../..')] } },
  });
  await server.listen();
  address = server.resolvedUrls?.local[0] ?? '';
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function open(scene: string, width = 1920, height = 1080): Promise<Page> {
  const page = await browser.newPage({
    viewport: { width, height },
    locale: 'ko-KR',
    timezoneId: 'Asia/Seoul',
    reducedMotion: 'reduce',
  });
  await page.goto(`${address}?scene=${scene}&language=ko`);
  await page.waitForFunction(() => /^[가-힣]/.test(document.querySelector('.console h1')?.textContent ?? ''));
  return page;
}

const tiles = (page: Page) =>
  page.$$eval('[data-room]', (all) => all.map((one) => (one as HTMLElement).dataset.room ?? ''));
const focused = (page: Page) => page.evaluate(() => document.activeElement?.id ?? '');

test('sixteen rooms stand on a wall screen without scrolling', async () => {
  const page = await open('wall');
  expect(await tiles(page)).toHaveLength(16);
  const below = await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);
  expect(below).toBeLessThanOrEqual(0);
  await page.close();
});

test('thirty need less than a quarter of a screen more', async () => {
  const page = await open('wall_30');
  expect(await tiles(page)).toHaveLength(30);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  expect(height).toBeLessThan(1080 * 1.25);
  await page.close();
});

test('arrows move by lines, Enter opens beside the wall, Escape shuts and gives the focus back', async () => {
  const page = await open('wall');
  const order = await tiles(page);
  await page.focus(`#tile-${order[0]}`);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  expect(await focused(page)).toBe(`tile-${order[5]}`);
  await page.keyboard.press('Enter');
  const detail = page.locator('[data-testid="room-detail"]');
  await detail.waitFor();
  expect(await detail.evaluate((one) => one.tagName)).toBe('ASIDE');
  const [panel, grid] = await page.evaluate(() =>
    ['[data-testid="room-detail"]', '.wall-main'].map((s) => {
      const box = document.querySelector(s)?.getBoundingClientRect();
      return { left: box?.left ?? 0, right: box?.right ?? 0 };
    }),
  );
  expect(panel?.left).toBeGreaterThanOrEqual(grid?.right ?? Number.POSITIVE_INFINITY);
  await page.keyboard.press('Escape');
  await detail.waitFor({ state: 'detached' });
  expect(await focused(page)).toBe(`tile-${order[5]}`);
  await page.close();
});

test.each(['focus', 'pointer'] as const)('trouble elsewhere moves no tile that has the %s', async (what) => {
  const page = await open('wall_happening');
  const before = await tiles(page);
  const place = before.indexOf('S01');
  if (what === 'focus') await page.focus('#tile-S01');
  else await page.hover('[data-room="S01"]');
  await page.evaluate(() => window.dispatchEvent(new Event('gallery:trouble')));
  await page.waitForFunction(
    () => document.querySelector('[data-room]')?.getAttribute('data-room') === 'S16',
  );
  const after = await tiles(page);
  expect(after.indexOf('S01')).toBe(place);
  expect(new Set(after)).toEqual(new Set(before));
  if (what === 'focus') expect(await focused(page)).toBe('tile-S01');
  // What was moved goes on showing its people.
  const paused = await page.$$eval(
    '.frame video[data-shown="true"]',
    (all) => all.filter((video) => (video as HTMLVideoElement).paused).length,
  );
  expect(paused).toBe(0);
  await page.close();
});

test('all tiles are one stop of the Tab key, and the next step is the following one', async () => {
  const page = await open('wall');
  const stops = await page.$$eval(
    '.wall-grid button',
    (all) => all.filter((one) => one.tabIndex === 0).length,
  );
  expect(stops).toBe(2);
  await page.close();
});

test('who may only look is offered nothing that would be refused', async () => {
  const page = await open('wall_viewer');
  expect(await page.locator('[data-testid="tab-links"]').count()).toBe(0);
  expect(await page.locator('[data-testid="wall-next"]:not([data-do="look"])').count()).toBe(0);
  await page.click('[data-room="S05"] [data-testid="wall-open"]');
  await page.waitForSelector('[data-testid="room-detail"]');
  for (const id of [
    'help-listen',
    'mute-microphone',
    'devices',
    'remove',
    'care',
    'move',
    'end',
    'room-send',
  ]) {
    expect(await page.locator(`[data-testid="${id}"]`).count(), id).toBe(0);
  }
  await page.close();
});
