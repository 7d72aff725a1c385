import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChromiumPerson, inChromium } from './harness/browser';
import { Redis, Server } from './harness/server';
import { dateOf, day, fairFrom } from './harness/timetable';

const out = fileURLToPath(new URL('./out', import.meta.url));
mkdirSync(out, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), 'sangdam-e2e-'));
const fair = fairFrom(dateOf(Date.now() + 2 * day));

let redis: Redis;
let server: Server;
let coordinator: ChromiumPerson;

beforeAll(async () => {
  const file = join(folder, 'yangju.csv');
  writeFileSync(file, fair);
  redis = await Redis.start();
  server = await Server.create(redis);
  await server.import('sheets', file);
  await server.start();
  coordinator = await inChromium('coordinator', { language: 'ko-KR' });
  await coordinator.open(server.link('coordinator'));
  await coordinator.at('console');
  await coordinator.click('[data-testid="tab-links"]');
});
afterAll(async () => {
  await coordinator?.close();
  await server?.end();
  await redis?.end();
  rmSync(folder, { recursive: true, force: true });
});

const buyers = new Set(fair.match(/Buyer \w\w-\d/g)).size;

test.each([
  { kind: 'booths', pages: 3 },
  { kind: 'buyers', pages: buyers },
])('the sheets of $kind are a page each, with a code on every one', async ({ kind, pages }) => {
  await coordinator.click('[data-testid="tab-board"]');
  await coordinator.click('[data-testid="tab-links"]');
  await coordinator.click(`[data-testid="print-${kind}"]`);
  await coordinator.appears('[data-testid="sheets"][data-ready="true"]', 40_000);
  const codes = await coordinator.evaluate(
    () =>
      [...document.querySelectorAll('[data-testid="sheet"]')].map((sheet) => {
        const code = sheet.querySelector<HTMLImageElement>('img.qr');
        return code?.complete === true && code.naturalWidth > 0 && code.getBoundingClientRect().width > 100;
      }),
    null,
  );
  expect(codes).toEqual(new Array(pages).fill(true));
  const pdf = join(out, `sheets-${kind}.pdf`);
  const printed = (await coordinator.print(pdf)).toString('latin1');
  expect(printed.match(/\/Type\s*\/Page\b/g)).toHaveLength(pages);
  // To be looked at, where the tool for it is at hand.
  if (existsSync('/usr/bin/pdftoppm'))
    execFileSync('pdftoppm', ['-r', '50', '-png', pdf, join(out, `sheets-${kind}`)]);
  await coordinator.expectNoFaults();
});
