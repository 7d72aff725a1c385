import { type Browser, type BrowserContext, type Page as ChromiumPage, chromium } from 'playwright-core';
import puppeteer, { type Browser as FirefoxBrowser, type Page as FirefoxPage } from 'puppeteer-core';
import { expect } from 'vitest';
import { type Calls, probeSource, type Received, received } from './probe';

export interface Options {
  language?: string;
  dark?: boolean;
  width?: number;
  height?: number;
  userAgent?: string;
  /** the zone of the machine that it runs on */
  zone?: string;
  /** false: the person says no to camera and microphone */
  devices?: boolean;
  /** a film for the fake camera, in place of Chromium's own test picture */
  film?: string;
  /** a WAV file for the fake microphone, over and over, in place of Chromium's own beeps */
  voice?: string;
  /** runs in every page before the page's own scripts */
  script?: string;
  /** takes a certificate that nobody has signed */
  trusting?: boolean;
}

/** One person at a browser: the few things that both drivers can do. */
export abstract class Person {
  /** What went wrong on the page; a test that ends with any has failed. */
  readonly faults: string[] = [];

  constructor(readonly name: string) {}

  abstract open(url: string): Promise<void>;
  abstract evaluate<T, A>(fn: (arg: A) => T | Promise<T>, arg: A): Promise<T>;
  /** Runs a script by the debugger, to which the page's policy does not apply. */
  abstract inject(source: string): Promise<void>;
  abstract click(selector: string): Promise<void>;
  abstract type(selector: string, text: string): Promise<void>;
  abstract press(key: string): Promise<void>;
  abstract screenshot(path: string): Promise<void>;
  protected abstract end(): Promise<void>;

  /** Waits until check is true in the page; `what` is what the failure will say. */
  async until<A>(
    what: string,
    check: (arg: A) => boolean | Promise<boolean>,
    arg: A,
    ms = 15_000,
  ): Promise<void> {
    const deadline = Date.now() + ms;
    for (;;) {
      const ok = await this.evaluate(check, arg).catch((error: unknown) => {
        // The page may be on its way to another address.
        if (Date.now() > deadline) throw error;
        return false;
      });
      if (ok) return;
      if (Date.now() > deadline) {
        const seen = await this.evaluate(
          () => ({
            place: document.querySelector('[data-place]')?.getAttribute('data-place'),
            text: document.body.textContent.slice(0, 800),
          }),
          null,
        );
        throw new Error(
          `${this.name} waited ${ms} ms for: ${what}\nfaults: ${this.faults.join('; ')}\nat ${seen.place}: ${seen.text}`,
        );
      }
      await pause(50);
    }
  }

  async appears(selector: string, ms?: number): Promise<void> {
    await this.until(`${selector} to appear`, (s) => document.querySelector(s) !== null, selector, ms);
  }

  async vanishes(selector: string, ms?: number): Promise<void> {
    await this.until(`${selector} to vanish`, (s) => document.querySelector(s) === null, selector, ms);
  }

  /** Waits until the page is at a place of the visit: lobby, room, over … */
  async at(place: string, ms?: number): Promise<void> {
    await this.appears(`[data-place="${place}"]`, ms);
  }

  async join(): Promise<void> {
    await this.at('lobby');
    await this.until(
      'the join button to be usable',
      () => {
        const button = document.querySelector<HTMLButtonElement>('[data-testid="join"]');
        return button !== null && !button.disabled && button.getAttribute('aria-disabled') !== 'true';
      },
      null,
    );
    await this.click('[data-testid="join"]');
  }

  calls(): Promise<Calls> {
    return this.evaluate(() => ({ ...window.__probe.calls }), null);
  }

  received(): Promise<Received> {
    return this.evaluate(received, null);
  }

  /** Waits until the picture of a role moves: the page has shown `frames` more of it. */
  async sees(role: string, frames = 10, ms = 15_000): Promise<void> {
    const selector = `[data-testid="tile"][data-kind="person"][data-role="${role}"] video`;
    const from = await this.evaluate((s) => window.__probe.shown(s), selector);
    await this.until(
      `${frames} more frames of ${role}`,
      // After a change of the element the count begins anew.
      ([s, before, n]) => {
        const now = window.__probe.shown(s);
        return now >= before + n || (now < before && now >= n);
      },
      [selector, from, frames] as [string, number, number],
      ms,
    );
  }

  /** Waits until sound is received: not packets alone, but energy. */
  async hears(ms = 15_000): Promise<void> {
    const from = (await this.received()).audioEnergy;
    const deadline = Date.now() + ms;
    for (;;) {
      const now = await this.received();
      if (now.audioEnergy > from + 0.0005) return;
      if (Date.now() > deadline)
        throw new Error(
          `${this.name} hears nothing: energy ${from} → ${now.audioEnergy}, ${now.audioPackets} packets`,
        );
      await pause(100);
    }
  }

  /** Fails the test for any page error, console error or refused resource. */
  async expectNoFaults(): Promise<void> {
    const refused = await this.evaluate(() => window.__probe?.refused ?? [], null).catch(() => []);
    expect(
      [...this.faults, ...refused.map((r) => `refused by the page's policy: ${r}`)],
      `${this.name}: faults on the page`,
    ).toEqual([]);
  }

  async close(): Promise<void> {
    await this.end();
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const chromiumFlags = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--use-fake-device-for-media-stream=device-count=3,fps=15',
  '--autoplay-policy=no-user-gesture-required',
  '--auto-select-desktop-capture-source=Entire screen',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
];

export class ChromiumPerson extends Person {
  constructor(
    name: string,
    private readonly browser: Browser,
    private readonly context: BrowserContext,
    private readonly page: ChromiumPage,
  ) {
    super(name);
    page.on('pageerror', (error) => this.faults.push(`error: ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error')
        this.faults.push(`console: ${message.text()} (${message.location().url})`);
    });
    page.on('crash', () => this.faults.push('the page crashed'));
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url, { waitUntil: 'domcontentloaded' });
  }
  evaluate<T, A>(fn: (arg: A) => T | Promise<T>, arg: A): Promise<T> {
    return this.page.evaluate(fn as (arg: unknown) => T | Promise<T>, arg as unknown);
  }
  async inject(source: string): Promise<void> {
    await this.page.evaluate(source);
  }
  click(selector: string): Promise<void> {
    return this.page.click(selector, { timeout: 10_000 });
  }
  type(selector: string, text: string): Promise<void> {
    return this.page.fill(selector, text, { timeout: 10_000 });
  }
  press(key: string): Promise<void> {
    return this.page.keyboard.press(key);
  }
  async screenshot(path: string): Promise<void> {
    await this.page.screenshot({ path });
  }
  /** Drags the window to another size. */
  async resize(width: number, height: number): Promise<void> {
    await this.page.setViewportSize({ width, height });
  }
  async reload(): Promise<void> {
    await this.page.reload({ waitUntil: 'domcontentloaded' });
  }
  /** Hands a file to a file input, hidden as it may be. */
  async pick(selector: string, name: string, text: string): Promise<void> {
    await this.page.setInputFiles(selector, { name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  }
  /** What a press gives the person to keep: the file and its name. */
  async download(selector: string): Promise<{ name: string; path: string }> {
    const [file] = await Promise.all([
      this.page.waitForEvent('download', { timeout: 20_000 }),
      this.click(selector),
    ]);
    return { name: file.suggestedFilename(), path: await file.path() };
  }
  /** Takes another of the choices, as a person does. */
  async choose(selector: string, value: string): Promise<void> {
    await this.page.selectOption(selector, value, { timeout: 10_000 });
  }
  /** What the printer would get. */
  print(path: string): Promise<Buffer> {
    return this.page.pdf({ path, preferCSSPageSize: true, printBackground: true });
  }
  protected async end(): Promise<void> {
    await this.context.close();
    await this.browser.close();
  }
}

/** A Chromium of its own: pages in one browser slow each other's pictures down. */
export async function inChromium(name: string, options: Options = {}): Promise<ChromiumPerson> {
  const devices = options.devices ?? true;
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      ...chromiumFlags,
      ...(devices ? ['--use-fake-ui-for-media-stream'] : ['--deny-permission-prompts']),
      ...(options.voice ? [`--use-file-for-fake-audio-capture=${options.voice}`] : []),
      ...(options.trusting ? ['--ignore-certificate-errors'] : []),
      ...(options.film ? [`--use-file-for-fake-video-capture=${options.film}`] : []),
    ],
  });
  const context = await browser.newContext({
    locale: options.language ?? 'en-GB',
    colorScheme: options.dark ? 'dark' : 'light',
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    ...(options.userAgent ? { userAgent: options.userAgent } : {}),
    ...(options.zone ? { timezoneId: options.zone } : {}),
  });
  await context.addInitScript(probeSource);
  if (options.script) await context.addInitScript(options.script);
  return new ChromiumPerson(name, browser, context, await context.newPage());
}

class FirefoxPerson extends Person {
  constructor(
    name: string,
    private readonly browser: FirefoxBrowser,
    private readonly page: FirefoxPage,
  ) {
    super(name);
    page.on('pageerror', (error) =>
      this.faults.push(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
    );
    page.on('console', (message) => {
      if (message.type() === 'error') this.faults.push(`console: ${message.text()}`);
    });
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url, { waitUntil: 'domcontentloaded' });
  }
  evaluate<T, A>(fn: (arg: A) => T | Promise<T>, arg: A): Promise<T> {
    return this.page.evaluate(fn as (arg: unknown) => T | Promise<T>, arg as unknown) as Promise<T>;
  }
  async inject(source: string): Promise<void> {
    await this.page.evaluate(source);
  }
  async click(selector: string): Promise<void> {
    await this.page.click(selector);
  }
  async type(selector: string, text: string): Promise<void> {
    await this.page.type(selector, text);
  }
  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key as never);
  }
  async screenshot(path: string): Promise<void> {
    await this.page.screenshot({ path: path as `${string}.png` });
  }
  protected async end(): Promise<void> {
    await this.browser.close();
  }
}

export async function inFirefox(name: string, options: Options = {}): Promise<Person> {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: '/usr/bin/firefox-esr',
    headless: true,
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.autoplay.default': 0,
      'intl.accept_languages': options.language ?? 'en-GB',
    },
  });
  const page = await browser.newPage();
  await page.setViewport({ width: options.width ?? 1280, height: options.height ?? 800 });
  await page.evaluateOnNewDocument(probeSource);
  if (options.script) await page.evaluateOnNewDocument(options.script);
  return new FirefoxPerson(name, browser, page);
}
