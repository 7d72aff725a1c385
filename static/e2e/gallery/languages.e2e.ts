/**
 * The pages of firm, buyer and interpreter in all fifteen languages on a phone: every text can be read
 * (nothing beyond the window, clipped, cut or overlapping), and the page says which way it runs.
 * Pictures go to e2e/out/languages. LANGUAGES and SCENES narrow it.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { directionOf, type Language, languages } from '../../src/i18n/languages';
import { obstacles } from './reading';

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(here, '../out/languages');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const scenes = (
  process.env.SCENES ??
  'lobby_consent,lobby_denied,lobby_warned,lobby_network_around,booth_called,room,room_note,room_away,room_held,room_rests,room_no_way,over_buyer,stopped'
).split(',');
const spoken = languages.filter((one) => process.env.LANGUAGES?.split(',').includes(one) ?? true);
/** the two scripts that differ most from those the pages were drawn in */
const examined: readonly Language[] = ['ar', 'th'];

let server: ViteDevServer;
let browser: Browser;
let address: string;

beforeAll(async () => {
  mkdirSync(out, { recursive: true });
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

/** The choice is in every page; in the room it waits behind More, which must not open here. */
async function speak(page: Page, language: Language): Promise<void> {
  await page.evaluate((value) => {
    const choice = document.querySelector<HTMLSelectElement>('[data-testid="language"]');
    if (!choice) throw new Error('no choice of language');
    choice.value = value;
    choice.dispatchEvent(new Event('change', { bubbles: true }));
  }, language);
  await page.waitForFunction((value) => document.documentElement.lang === value, language);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(120);
}

async function serious(page: Page): Promise<unknown[]> {
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => ({ id, at: nodes.map(({ html }) => html.slice(0, 160)) }));
  });
}

test.each(scenes)('every language can be read on a phone: %s', async (scene) => {
  const page = await browser.newPage({
    viewport: { width: 360, height: scene.startsWith('room') ? 740 : 1800 },
    reducedMotion: 'reduce',
    locale: 'en-US',
    timezoneId: 'America/New_York',
  });
  const faults: string[] = [];
  const hosts = new Set<string>();
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    // The gallery's own page has no icon.
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico'))
      faults.push(message.text());
  });
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await page.goto(`${address}?scene=${scene}&language=en`);
  await page.waitForSelector('[data-place]');
  await page.evaluate(axe);
  for (const language of spoken) {
    await speak(page, language);
    const where = `${scene} in ${language}`;
    expect.soft(await page.evaluate(() => document.documentElement.dir), where).toBe(directionOf(language));
    const found = await page.evaluate(obstacles);
    expect
      .soft(
        found.map(({ what, text, at }) => `${what}: “${text}” at ${at}`),
        where,
      )
      .toEqual([]);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(wider, `${where} is wider than its window`).toBeLessThanOrEqual(0);
    await page.screenshot({ path: `${out}/${scene}-${language}-light.png` });
    if (examined.includes(language)) expect.soft(await serious(page), `axe on ${where}`).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.screenshot({ path: `${out}/${scene}-${language}-dark.png` });
    await page.emulateMedia({ colorScheme: 'light' });
  }
  expect(faults).toEqual([]);
  expect([...hosts].filter((host) => host !== new URL(address).host && host !== '')).toEqual([]);
  await page.close();
});
