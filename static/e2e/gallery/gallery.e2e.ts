/**
 * Every page on fake models, in both languages and themes, from a phone to a wall screen: axe finds nothing
 * serious, nothing is wider than its window, no page error. Pictures go to e2e/out/gallery.
 * Run: npx vitest run --config e2e/gallery/vite.config.ts; LOOKS and SCENES narrow it.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(here, '../out/gallery');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Look {
  width: number;
  height: number;
  scheme: 'light' | 'dark';
  language: 'ko' | 'en';
}

const looks: Look[] = [
  { width: 360, height: 740, scheme: 'light', language: 'ko' },
  { width: 360, height: 740, scheme: 'dark', language: 'en' },
  { width: 768, height: 1024, scheme: 'dark', language: 'ko' },
  { width: 1366, height: 768, scheme: 'light', language: 'en' },
  { width: 1366, height: 768, scheme: 'dark', language: 'ko' },
  { width: 1920, height: 1080, scheme: 'light', language: 'ko' },
];

function chosen<T>(list: T[], by: string | undefined, name: (one: T) => string): T[] {
  const wanted = by?.split(',');
  return wanted ? list.filter((one) => wanted.includes(name(one))) : list;
}

const nameOf = (look: Look): string => `${look.width}-${look.scheme}-${look.language}`;

interface Finding {
  id: string;
  impact: string;
  at: string[];
}

async function findings(page: Page): Promise<Finding[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, impact, nodes }) => ({ id, impact, at: nodes.map(({ html }) => html.slice(0, 160)) }));
  });
}

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
  await page.waitForFunction(() => document.body.textContent?.includes('lobby') ?? false);
  scenes = chosen((await page.textContent('body'))?.trim().split(/\s+/) ?? [], process.env.SCENES, (s) => s);
  await page.close();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

test.each(chosen(looks, process.env.LOOKS, nameOf).map((look) => [nameOf(look), look] as const))(
  'every page is sound: %s',
  async (name, look) => {
    const context = await browser.newContext({
      viewport: { width: look.width, height: look.height },
      colorScheme: look.scheme,
      reducedMotion: 'reduce',
      locale: look.language === 'ko' ? 'ko-KR' : 'en-US',
      timezoneId: look.language === 'ko' ? 'Asia/Seoul' : 'America/New_York',
    });
    for (const scene of scenes) {
      const page = await context.newPage();
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
      await page.goto(`${address}?scene=${scene}&language=${look.language}`);
      await page.waitForSelector('[data-place]');
      await page.waitForFunction(() => document.documentElement.dataset.touched === 'yes');
      if (scene === 'room' && look.width >= 768) await page.click('[data-testid="chat-toggle"]');
      await page.evaluate(() => document.fonts.ready);
      await page.waitForTimeout(350);
      await page.screenshot({ path: `${out}/${scene}-${name}.png` });
      expect.soft(await findings(page), `axe on ${scene}`).toEqual([]);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect.soft(wider, `${scene} is wider than its window`).toBeLessThanOrEqual(0);
      expect.soft(faults, `faults on ${scene}`).toEqual([]);
      await page.close();
    }
    await context.close();
  },
);
