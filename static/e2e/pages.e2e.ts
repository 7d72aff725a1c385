import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inChromium, type Options, type Person, pause } from './harness/browser';
import { film, portraits } from './harness/portrait';
import { type Fair, startDemo } from './harness/server';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const out = fileURLToPath(new URL('./out', import.meta.url));
mkdirSync(out, { recursive: true });

const films = mkdtempSync(join(tmpdir(), 'sangdam-e2e-films-'));
const filmOf = (who: keyof typeof portraits) => join(films, `${who}.y4m`);
for (const who of ['firm', 'buyer', 'interpreter'] as const) film(portraits[who], filmOf(who));
afterAll(() => rmSync(films, { recursive: true, force: true }));

interface Finding {
  id: string;
  impact: string;
  nodes: string[];
}

/** What axe finds serious or critical on the page as it is now. */
async function findings(who: Person): Promise<Finding[]> {
  await who.inject(axe);
  const { violations, passes } = await who.evaluate(async () => {
    interface Rule {
      id: string;
      impact: string;
      nodes: { html: string }[];
    }
    const { axe } = window as unknown as { axe: { run(): Promise<{ violations: Rule[]; passes: Rule[] }> } };
    const told = await axe.run();
    return {
      passes: told.passes.length,
      violations: told.violations.map((v) => ({
        id: v.id,
        impact: v.impact,
        nodes: v.nodes.map((n) => n.html.slice(0, 200)),
      })),
    };
  }, null);
  expect(passes, 'rules that axe could apply').toBeGreaterThan(10);
  return violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
}

/** Nothing may be wider than the page: on a phone that means scrolling sideways. */
async function overflow(who: Person): Promise<number> {
  return who.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    null,
  );
}

const looks: { name: string; options: Options }[] = [
  { name: 'ko-light-1920', options: { language: 'ko-KR', width: 1920, height: 1080 } },
  { name: 'en-dark-1920', options: { language: 'en-GB', dark: true, width: 1920, height: 1080 } },
  { name: 'en-light-1280', options: { language: 'en-GB', width: 1280, height: 720 } },
  { name: 'ko-dark-360', options: { language: 'ko-KR', dark: true, width: 360, height: 740 } },
  { name: 'en-light-360', options: { language: 'en-GB', width: 360, height: 740 } },
];

describe('every page, in both languages, light and dark, on a phone and on a wall', () => {
  let fair: Fair;
  let booth: Person;
  let interpreter: Person;

  beforeAll(async () => {
    fair = await startDemo();
    interpreter = await inChromium('interpreter in the background', { film: filmOf('interpreter') });
    await interpreter.open(fair.link('interpreter'));
    await interpreter.join();
    booth = await inChromium('booth in the background', { language: 'ko-KR', film: filmOf('firm') });
    await booth.open(fair.link(fair.open.booth));
    await booth.at('room');
  });
  afterAll(async () => {
    await Promise.all([booth?.close(), interpreter?.close()]);
    await fair?.end();
  });

  /** Sets the page's language by the control that a person would use. */
  async function speak(who: Person, look: { options: Options }): Promise<void> {
    await who.evaluate((language) => {
      const select = document.querySelector<HTMLSelectElement>('[data-testid="language"]');
      if (!select) return;
      select.value = language;
      select.dispatchEvent(new Event('change', { bubbles: true }));
    }, look.options.language?.slice(0, 2) ?? 'en');
    await pause(300);
  }

  async function examine(who: Person, name: string): Promise<void> {
    await who.screenshot(`${out}/${name}.png`);
    expect.soft(await findings(who), `axe on ${name}`).toEqual([]);
    expect.soft(await overflow(who), `${name} is wider than the window`).toBeLessThanOrEqual(0);
    await who.expectNoFaults();
  }

  for (const look of looks) {
    test(`buyer's lobby, room and end: ${look.name}`, async () => {
      const buyer = await inChromium('buyer', { ...look.options, film: filmOf('buyer') });
      try {
        await buyer.open(fair.link('buyer'));
        await buyer.at('lobby');
        await speak(buyer, look);
        await pause(700);
        await examine(buyer, `lobby-${look.name}`);
        await buyer.join();
        await buyer.at('room');
        await Promise.all([buyer.sees('firm'), buyer.sees('interpreter')]);
        await examine(buyer, `room-${look.name}`);
        await buyer.click('[data-testid="leave"]');
        await buyer.at('over');
        await examine(buyer, `over-${look.name}`);
      } finally {
        await buyer.close();
      }
    });

    test(`booth and coordinator: ${look.name}`, async () => {
      const other =
        [...Array(3).keys()].map((i) => `Booth ${i + 1}`).find((b) => b !== fair.open.booth) ?? '';
      const person = await inChromium('visitor', { ...look.options, film: filmOf('firm') });
      try {
        await person.open(fair.link(other));
        await person.at('lobby');
        await speak(person, look);
        await examine(person, `booth-${look.name}`);
        await person.open(fair.link('coordinator'));
        await person.at('console');
        await person.click('[data-testid="tab-board"]');
        await person.appears('[data-testid="board-row"]');
        await speak(person, look);
        await examine(person, `console-${look.name}`);
      } finally {
        await person.close();
      }
    });
  }
});

describe('what does not work is told, with what to do next', () => {
  let fair: Fair;

  beforeAll(async () => {
    fair = await startDemo();
  });
  afterAll(async () => {
    await fair?.end();
  });

  async function visit(options: Options, url: string, see: (who: Person) => Promise<void>): Promise<void> {
    const who = await inChromium('visitor', options);
    try {
      await who.open(url);
      await see(who);
      expect.soft(await findings(who)).toEqual([]);
      // Chromium itself reports the answer 404 of a link that does not exist.
      expect(who.faults.filter((f) => !f.includes('status of 404'))).toEqual([]);
    } finally {
      await who.close();
    }
  }

  test('an unknown link', async () => {
    const url = new URL(fair.link('buyer'));
    await visit({}, `${url.origin}/j/nobodyknowsthis#wrong`, async (who) => {
      await who.at('stopped');
      await who.screenshot(`${out}/bad-unknown.png`);
    });
  });

  test('a link with the wrong secret', async () => {
    const url = new URL(fair.link('buyer'));
    await visit({}, `${url.origin}${url.pathname}#wrong`, (who) => who.at('stopped'));
  });

  test('a link whose secret was cut off by a mail program', async () => {
    const url = new URL(fair.link('buyer'));
    await visit({}, `${url.origin}${url.pathname}`, (who) => who.at('stopped'));
  });

  test('an in-app browser: one tap copies the link for a real one', async () => {
    const userAgent =
      'Mozilla/5.0 (Linux; Android 14; SM-S918N Build/UP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/122.0.0.0 Mobile Safari/537.36 KAKAOTALK 2410680';
    await visit({ userAgent, width: 360, height: 740 }, fair.link('buyer'), async (who) => {
      await who.at('unsupported');
      await who.appears('[data-testid="copy-link"]');
      await who.screenshot(`${out}/bad-in-app.png`);
      await who.click('[data-testid="copy-link"]');
    });
  });

  test('camera and microphone refused: said so, and one can still join', async () => {
    await visit({ devices: false }, fair.link('buyer'), async (who) => {
      await who.at('lobby');
      await who.appears('[data-testid="device-problem"]');
      await who.screenshot(`${out}/bad-denied.png`);
      await who.join();
      await who.at('room');
    });
  });

  test('the seat is in use elsewhere: it asks, and moves on yes', async () => {
    const first = await inChromium('buyer on a laptop');
    const second = await inChromium('buyer on a phone', { width: 360, height: 740 });
    try {
      await first.open(fair.link('buyer'));
      await first.join();
      await first.at('room');
      await second.open(fair.link('buyer'));
      await second.join();
      await second.appears('[data-testid="move-yes"]');
      await second.screenshot(`${out}/bad-in-use.png`);
      await second.click('[data-testid="move-yes"]');
      await second.at('room');
      await first.at('over');
    } finally {
      await Promise.all([first.close(), second.close()]);
    }
  });
});
