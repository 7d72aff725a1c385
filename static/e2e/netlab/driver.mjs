// One browser, driven by lines of JSON: the network bed, which is written in Go,
// starts this in the namespace where the person sits. Each line of the input is
// {ref, do, …}; each gets one line {ref, value} or {ref, error}. What goes wrong on
// the page is told as {fault}. The browser ends with the input.
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const fault = (text) => say({ fault: text });

/** What both browsers can do, the same for both. */
let page;
let end = async () => {};

async function inChromium({ args, script, language }) {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args });
  const context = await browser.newContext({
    locale: language,
    ignoreHTTPSErrors: true,
    viewport: { width: 1280, height: 800 },
  });
  await context.addInitScript(script);
  const own = await context.newPage();
  own.on('pageerror', (error) => fault(`error: ${error.stack ?? error.message}`));
  own.on('crash', () => fault('the page crashed'));
  own.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      say({ told: `${message.text()} (${message.location().url})` });
  });
  end = async () => {
    await context.close();
    await browser.close();
  };
  page = {
    open: (url) => own.goto(url, { waitUntil: 'domcontentloaded', timeout: 60_000 }),
    evaluate: (source) => own.evaluate(source),
    click: (selector) => own.click(selector, { timeout: 20_000 }),
    type: (selector, text) => own.fill(selector, text, { timeout: 20_000 }),
    screenshot: (path) => own.screenshot({ path }),
    resize: (width, height) => own.setViewportSize({ width, height }),
  };
}

async function inFirefox({ script, language }) {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: '/usr/bin/firefox-esr',
    headless: true,
    acceptInsecureCerts: true,
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.autoplay.default': 0,
      'intl.accept_languages': language,
    },
  });
  const own = await browser.newPage();
  await own.setViewport({ width: 1280, height: 800 });
  await own.evaluateOnNewDocument(script);
  own.on('pageerror', (error) => fault(`error: ${error instanceof Error ? error.message : String(error)}`));
  end = () => browser.close();
  page = {
    open: (url) => own.goto(url, { waitUntil: 'domcontentloaded', timeout: 60_000 }),
    evaluate: (source) => own.evaluate(source),
    click: (selector) => own.click(selector),
    type: (selector, text) => own.type(selector, text),
    screenshot: (path) => own.screenshot({ path }),
    resize: (width, height) => own.setViewport({ width, height }),
  };
}

async function obey(order) {
  switch (order.do) {
    case 'launch':
      return order.browser === 'firefox' ? inFirefox(order) : inChromium(order);
    case 'open':
      await page.open(order.url);
      return undefined;
    case 'evaluate':
      return page.evaluate(order.source);
    case 'click':
      return page.click(order.selector);
    case 'type':
      return page.type(order.selector, order.text);
    case 'screenshot':
      await page.screenshot(order.path);
      return undefined;
    case 'resize':
      return page.resize(order.width, order.height);
    default:
      throw new Error(`unknown: ${order.do}`);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  // Not awaited: a page that hangs in one order can still be asked for a picture.
  obey(order).then(
    (value) => say({ ref: order.ref, value: value ?? null }),
    (error) => say({ ref: order.ref, error: String(error?.stack ?? error) }),
  );
}
await end();
process.exit(0);
