import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChromiumPerson, inChromium, inFirefox, type Person, pause } from './harness/browser';
import { film, portraits } from './harness/portrait';
import { type Fair, startDemo } from './harness/server';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const out = fileURLToPath(new URL('./out', import.meta.url));
const films = mkdtempSync(join(tmpdir(), 'sangdam-e2e-network-'));
/** What the test may take in all. */
const atMost = 45_000;

let fair: Fair;

beforeAll(async () => {
  mkdirSync(out, { recursive: true });
  film(portraits.buyer, join(films, 'buyer.y4m'));
  fair = await startDemo();
});
afterAll(async () => {
  await fair?.end();
  rmSync(films, { recursive: true, force: true });
});

async function serious(who: Person): Promise<string[]> {
  await who.inject(axe);
  return who.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`);
  }, null);
}

const networks = (who: Person): Promise<number> =>
  who.evaluate(() => document.querySelectorAll('[data-testid="ready-network"]').length, null);

/** Runs the test in somebody's lobby; what it said of each thing. */
async function testNetwork(who: Person): Promise<{ verdict: string; results: Record<string, string> }> {
  await who.click('[data-testid="network-test"]');
  await who.appears('[data-testid="network-step"]');
  await who.appears('[data-testid="network-verdict"]', atMost);
  return who.evaluate(() => {
    const results: Record<string, string> = {};
    for (const row of document.querySelectorAll<HTMLElement>('[data-testid="network-details"] dl > div'))
      results[(row.dataset.testid ?? '').replace('network-', '')] =
        row.dataset.result ?? row.querySelector('dd')?.textContent ?? '';
    const verdict = document.querySelector<HTMLElement>('[data-testid="network-verdict"]');
    return { verdict: verdict?.dataset.verdict ?? '', results };
  }, null);
}

test('a buyer tests the network: a good one, told to the coordinators and in a file for network people', async () => {
  const buyer: ChromiumPerson = await inChromium('buyer', {
    language: 'fr-FR',
    film: join(films, 'buyer.y4m'),
  });
  const coordinator = await inChromium('coordinator', { language: 'ko-KR' });
  try {
    await buyer.open(fair.link('buyer'));
    await buyer.at('lobby');
    await buyer.until(
      'camera and microphone',
      () => document.querySelectorAll('.toggle[aria-pressed="true"]').length === 2,
      null,
    );
    const began = Date.now();
    const { verdict, results } = await testNetwork(buyer);
    console.log(`network test in ${Date.now() - began} ms: ${JSON.stringify(results)}`);
    expect(Date.now() - began).toBeLessThan(atMost);
    expect(verdict).toBe('good');
    expect(results).toMatchObject({ socket: 'passed', udp: 'passed', tcp: 'passed', route: 'UDP' });
    expect(results.roundTrip).toMatch(/^\d+ ms$/);
    expect(results.up).toMatch(/bit\/s/);
    // It ends what it began: nobody is left practising.
    await buyer.appears('[data-testid="practice"]');
    await buyer.click('[data-testid="network-details"] summary');
    expect(await serious(buyer)).toEqual([]);
    await buyer.screenshot(`${out}/network-good.png`);

    const file = await buyer.download('[data-testid="network-save"]');
    const text = readFileSync(file.path, 'utf8');
    expect(file.name).toMatch(/^network-\d{4}-\d\d-\d\d\.txt$/);
    expect(text).toContain('This network is good');
    expect(text).toContain('\nUDP: open\n');
    expect(text).toContain(`${new URL(fair.link('buyer')).origin}/network`);
    // Nothing of the link or its holder.
    expect(text).not.toContain(new URL(fair.link('buyer')).hash.slice(1));
    expect(text).not.toContain('/j/');

    await coordinator.open(fair.link('coordinator'));
    await coordinator.at('console');
    await coordinator.click('[data-testid="tab-readiness"]');
    // What a page has found waits some seconds for more, and the board is read anew by hand.
    for (let i = 0; i < 10 && (await networks(coordinator)) === 0; i++) {
      await pause(1000);
      await coordinator.click('[data-testid="readiness-reload"]');
    }
    await coordinator.appears('[data-testid="ready-network"]');
    const line = await coordinator.evaluate(
      () => document.querySelector('[data-testid="ready-network"] summary')?.textContent ?? '',
      null,
    );
    expect(line).toMatch(/^네트워크: UDP · 올리기 /);
    await coordinator.click('[data-testid="ready-network"] summary');
    expect(await serious(coordinator)).toEqual([]);
    await coordinator.screenshot(`${out}/network-readiness.png`);
    await Promise.all([buyer.expectNoFaults(), coordinator.expectNoFaults()]);
  } finally {
    await Promise.all([buyer.close(), coordinator.close()]);
  }
});

test('without camera and microphone the ways are tried all the same, and it can be stopped', async () => {
  const interpreter = await inChromium('interpreter', { devices: false, width: 360, height: 740 });
  try {
    await interpreter.open(fair.link('interpreter'));
    await interpreter.at('lobby');
    await interpreter.click('[data-testid="network-test"]');
    await interpreter.appears('[data-testid="network-step"][data-step="media"]');
    await interpreter.click('[data-testid="network-stop"]');
    await interpreter.appears('[data-testid="network"][data-state="idle"]');
    const { verdict, results } = await testNetwork(interpreter);
    expect(verdict).toBe('good');
    expect(results).toMatchObject({ socket: 'passed', udp: 'passed', tcp: 'passed' });
    expect(results.up).not.toMatch(/bit/);
    expect(await serious(interpreter)).toEqual([]);
    await interpreter.expectNoFaults();
  } finally {
    await interpreter.close();
  }
});

test('Firefox tests the network as well', async () => {
  const buyer = await inFirefox('buyer', { language: 'en-GB' });
  try {
    await buyer.open(fair.link('buyer'));
    await buyer.at('lobby');
    const { verdict, results } = await testNetwork(buyer);
    console.log(`network test in Firefox: ${JSON.stringify(results)}`);
    expect(verdict).toBe('good');
    expect(results).toMatchObject({ socket: 'passed', udp: 'passed', route: 'UDP' });
    await buyer.expectNoFaults();
  } finally {
    await buyer.close();
  }
});
