/**
 * The staff's way in, the record and the staff's tab in both languages: every text can be read on a phone and on a
 * desk, axe finds nothing serious, no page error. Pictures go to e2e/out/staff. SCENES and LOOKS narrow it.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { obstacles } from './reading';

const here = import.meta.dirname;
const out = resolve(here, '../out/staff');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const looks = [
  { name: 'ko-light-1920', language: 'ko', scheme: 'light', width: 1920, height: 1080 },
  { name: 'en-dark-1920', language: 'en', scheme: 'dark', width: 1920, height: 1080 },
  { name: 'ko-light-1366', language: 'ko', scheme: 'light', width: 1366, height: 768 },
  { name: 'en-light-360', language: 'en', scheme: 'light', width: 360, height: 740 },
] as const;

let server: ViteDevServer;
let browser: Browser;
let address: string;
let scenes: string[];

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
  const page = await browser.newPage();
  await page.goto(address);
  await page.waitForFunction(() => document.body.textContent?.includes('lobby') ?? false, null, {
    timeout: 55_000,
  });
  const all = (await page.textContent('body'))?.trim().split(/\s+/) ?? [];
  const wanted = process.env.SCENES?.split(',');
  scenes = all.filter((scene) => wanted?.includes(scene) ?? /^(signin|record|staff)/.test(scene));
  await page.close();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function serious(page: Page): Promise<unknown[]> {
  await page.evaluate(axe);
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

test.each(looks.filter(({ name }) => process.env.LOOKS?.split(',').includes(name) ?? true))(
  'every page of the staff can be read: $name',
  async ({ name, language, scheme, width, height }) => {
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      reducedMotion: 'reduce',
      locale: language === 'ko' ? 'ko-KR' : 'en-GB',
      timezoneId: 'Asia/Seoul',
    });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    for (const scene of scenes) {
      await page.goto(`${address}?scene=${scene}&language=${language}`);
      await page.waitForFunction(() => document.documentElement.dataset.touched === 'yes', null, {
        timeout: 60_000,
      });
      await page.evaluate(() => document.fonts.ready);
      await page.waitForTimeout(150);
      const where = `${scene} ${name}`;
      await page.screenshot({ path: `${out}/${scene}-${name}.png` });
      const found = await page.evaluate(obstacles);
      expect
        .soft(
          found.map(({ what, text, at }) => `${what}: “${text}” at ${at}`),
          where,
        )
        .toEqual([]);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect.soft(wider, `${where} is wider than its window`).toBeLessThanOrEqual(0);
      expect.soft(await serious(page), `axe on ${where}`).toEqual([]);
    }
    expect(faults).toEqual([]);
    await context.close();
  },
);
