/** The staff's day beside the rooms: signing in, who may do what, keys and webhooks, the record and what is taken home. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server as Listener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChromiumPerson, inChromium } from './harness/browser';
import { Redis, Server } from './harness/server';
import { writeTimetable } from './harness/timetable';
import { entriesOf } from './harness/zip';

const out = fileURLToPath(new URL('./out', import.meta.url));
mkdirSync(out, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), 'sangdam-e2e-'));
const by = (testid: string) => `[data-testid="${testid}"]`;

let redis: Redis;
let server: Server;
let passphrase: string;
let listener: Listener;
let hook: string;
const heard: { signature: string; body: string }[] = [];

let admin: ChromiumPerson;
let viewer: ChromiumPerson;
let booth: ChromiumPerson;
let buyer: ChromiumPerson;

beforeAll(async () => {
  const file = join(folder, 'timetable.csv');
  writeTimetable(file);
  redis = await Redis.start();
  server = await Server.create(redis);
  await server.import('next-fair', file);
  await server.import('fair', file);
  passphrase = await server.account('boss', 'administrator');
  listener = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      heard.push({ signature: String(request.headers['webhook-signature'] ?? ''), body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  hook = `http://127.0.0.1:${address.port}/hook`;
  [admin, viewer, booth, buyer] = await Promise.all([
    inChromium('administrator', { language: 'ko-KR', width: 1366, height: 768 }),
    inChromium('viewer', { language: 'en-GB', width: 1366, height: 768 }),
    inChromium('booth', { language: 'ko-KR' }),
    inChromium('buyer'),
    server.start('--hooks-networks', '127.0.0.0/8'),
  ]);
});

afterAll(async () => {
  await Promise.all([admin, viewer, booth, buyer].map((person) => person?.close()));
  listener?.close();
  await server?.end();
  await redis?.end();
  rmSync(folder, { recursive: true, force: true });
});

const text = (who: ChromiumPerson, selector: string) =>
  who.evaluate((s) => document.querySelector(s)?.textContent ?? '', selector);
const count = (who: ChromiumPerson, selector: string) =>
  who.evaluate((s) => document.querySelectorAll(s).length, selector);

async function signIn(who: ChromiumPerson, login: string, secret: string): Promise<void> {
  await who.appears(by('login'));
  await who.type(by('login'), login);
  await who.type(by('passphrase'), secret);
  await who.click(by('enter'));
}

test('a wrong passphrase is told, a right one leads to the choice of events, and that to the console', async () => {
  await admin.open(`${server.origin}/sign-in`);
  await admin.at('sign_in');
  await signIn(admin, 'boss', 'not the passphrase');
  await admin.until(
    'the problem to be told',
    () => (document.querySelector('[data-testid="problem"]')?.textContent ?? '').length > 5,
    null,
  );
  await signIn(admin, 'boss', passphrase);
  await admin.appears(by('event'));
  expect(await count(admin, by('event'))).toBe(2);
  await admin.click(by('event'));
  await admin.at('console');
  // An event can be named, too: as a bookmark does.
  await admin.open(`${server.origin}/console?event=fair`);
  await admin.at('console');
  await admin.appears(by('wall-open'));
});

test('a webhook is made and hears that somebody came in', async () => {
  await admin.click(by('tab-staff'));
  await admin.click(by('add-hook'));
  await admin.type(by('hook-url'), hook);
  await admin.evaluate(() => {
    for (const box of document.querySelectorAll<HTMLInputElement>(
      '[data-testid="add-hook-dialog"] input[type="checkbox"]',
    ))
      if (!box.checked) box.click();
  }, null);
  await admin.click(by('hook-yes'));
  await admin.appears(by('secret'));
  await admin.click(by('dialog-close'));
  await admin.appears(by('hook'));

  await booth.open(server.link('Booth 1'));
  await booth.at('room', 30_000);
  await buyer.open(server.link('Buyer GB-1'));
  await buyer.join();
  await buyer.at('room');
  await expect
    .poll(() => heard.some(({ body }) => body.includes('seat_joined') && body.includes('T01/buyer')), {
      timeout: 15_000,
    })
    .toBe(true);
  expect(heard[0]?.signature).toMatch(/^v1,/);
  await admin.click(by('hook-open'));
  await admin.appears(by('delivery'));
  await admin.click(by('dialog-close'));
});

test('a key reads what its scope allows over REST, and nothing else', async () => {
  await admin.click(by('add-key'));
  await admin.type(by('key-name'), 'statistics');
  await admin.click(by('key-yes'));
  await admin.appears(by('secret'));
  const secret = await text(admin, `${by('secret')} output`);
  await admin.click(by('dialog-close'));
  const ask = (path: string) =>
    fetch(`${server.origin}/api/v1/events/fair/${path}`, { headers: { Authorization: `Bearer ${secret}` } });
  const board = await ask('board');
  expect(board.status).toBe(200);
  expect(JSON.stringify(await board.json())).toContain('T01');
  expect((await ask('audit')).status).toBe(403);
});

test('a viewer is offered nothing that would be refused, and is out when an administrator says so', async () => {
  await admin.click(by('add-account'));
  await admin.type(by('account-name'), 'Guest');
  await admin.type(by('account-login'), 'guest');
  await admin.choose(`${by('add-account-dialog')} select`, 'viewer');
  await admin.click(by('account-yes'));
  await admin.appears(by('secret'));
  const secret = await text(admin, `${by('secret')} output`);
  await admin.click(by('dialog-close'));

  await viewer.open(`${server.origin}/sign-in`);
  await signIn(viewer, 'guest', secret);
  await viewer.at('console');
  await viewer.appears(by('wall-open'));
  expect(await count(viewer, by('tab-links'))).toBe(0);
  await viewer.click(by('wall-open'));
  await viewer.appears(by('room-detail'));
  for (const refused of ['help-listen', 'remove', 'extend-10', 'verdict-apply', 'mute-microphone'])
    expect(await count(viewer, by(refused)), refused).toBe(0);
  await viewer.click(by('tab-staff'));
  await viewer.appears(by('own'));
  for (const refused of ['accounts', 'keys', 'hooks'])
    expect(await count(viewer, by(refused)), refused).toBe(0);
  await viewer.click(by('tab-record'));
  await viewer.click(by('record-open'));
  await viewer.appears(by('facts'));
  for (const refused of ['verdict-apply', 'paper-apply', 'pack', 'workbook', 'record-erase'])
    expect(await count(viewer, by(refused)), refused).toBe(0);

  await admin.click(by('tab-record'));
  await admin.click(by('tab-staff'));
  await admin.click(`[data-login="guest"] ${by('account-open')}`);
  await admin.click(`${by('account-card')} .office-list button`);
  const from = performance.now();
  await viewer.at('sign_in');
  expect(performance.now() - from).toBeLessThan(5000);
  await admin.click(by('dialog-close'));
});

test('the record tells minutes, and a correction stands beside what it corrects', async () => {
  await buyer.click(by('leave'));
  await buyer.at('over');
  await admin.click(by('tab-record'));
  await admin.click(by('record-reload'));
  await admin.click(by('record-open'));
  await admin.appears(by('facts'));
  await admin.appears(`${by('record-seat')}[data-role="buyer"] .record-stays`);
  await admin.choose(by('verdict'), 'held');
  await admin.type(by('verdict-reason'), '서로 필요한 이야기를 모두 마침');
  await admin.click(by('verdict-apply'));
  await admin.until(
    'the correction with its reason and its author',
    () =>
      /boss.*서로 필요한 이야기/.test(document.querySelector('[data-testid="decisions"]')?.textContent ?? ''),
    null,
  );
  await admin.click(by('dialog-close'));
  await admin.appears(`${by('record')}[data-verdict="held"]`);
  expect(await text(admin, by('record'))).toMatch(/\d+(초|분)/);
});

test('what is taken home are real files, and the pack proves itself', async () => {
  await admin.appears(by('sheet'));
  const csv = await admin.download(by('sheet-csv'));
  expect(csv.name).toMatch(/\.csv$/);
  expect(readFileSync(csv.path, 'utf8')).toMatch(/^\ufeff.*T01/s);
  const workbook = await admin.download(by('workbook'));
  expect(entriesOf(readFileSync(workbook.path))).toContain('xl/workbook.xml');
  const pack = await admin.download(by('pack'));
  const inside = entriesOf(readFileSync(pack.path));
  expect(inside.some((name) => name.endsWith('.xlsx'))).toBe(true);
  expect(inside.some((name) => /ledger/.test(name))).toBe(true);
  const told = await server.command('verify', '--pack', pack.path);
  expect(told.code, told.output).toBe(0);
});

test('the printed page is one page with the result and the entries it rests on', async () => {
  await admin.click(by('record-open'));
  await admin.click(by('record-print'));
  await admin.appears(by('one-pager'));
  const shown = await text(admin, by('one-pager'));
  const pdf = join(out, 'one-pager.pdf');
  const printed = (await admin.print(pdf)).toString('latin1');
  expect(printed.match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
  const words = existsSync('/usr/bin/pdftotext')
    ? execFileSync('pdftotext', ['-layout', pdf, '-'], { encoding: 'utf8' })
    : shown;
  for (const word of ['상담 확인서', 'T01', 'Firm 01', 'Buyer GB-1', '상담 완료', '서명'])
    expect(words).toContain(word);
  expect(words).toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-7/);
  await admin.click(by('page-back'));
});

test('the audit log tells who did what, and why', async () => {
  await admin.click(by('record-audit'));
  await admin.appears(`${by('audit-entry')}[data-action="verdict"]`);
  for (const action of ['verdict', 'hook', 'key', 'report'])
    expect(await count(admin, `${by('audit-entry')}[data-action="${action}"]`), action).toBeGreaterThan(0);
  expect(await text(admin, `${by('audit-entry')}[data-action="verdict"]`)).toMatch(
    /boss.*상담 완료.*서로 필요한/s,
  );
  await admin.choose(by('audit-what'), 'key');
  await admin.until(
    'keys alone',
    () => {
      const shown = [...document.querySelectorAll<HTMLElement>('[data-testid="audit-entry"]')];
      return shown.length === 1 && shown[0]?.dataset.action === 'key';
    },
    null,
  );
  const file = await admin.download(by('audit-csv'));
  expect(readFileSync(file.path, 'utf8')).toMatch(/key/);
  await admin.click(by('audit-house'));
  for (const action of ['account', 'sign_in', 'sign_in_failed', 'session_ended'])
    await admin.appears(`${by('audit-entry')}[data-action="${action}"]`);
});

test('who signs out is out, and the way back asks again', async () => {
  await admin.click(by('tab-staff'));
  await admin.click(by('sign-out'));
  await admin.at('sign_in');
  await admin.open(`${server.origin}/console?event=fair`);
  await admin.appears(by('login'));
  // Whoever is not signed in is told so by 401, which browsers write down.
  for (const person of [admin, viewer, booth, buyer])
    expect(person.faults.filter((fault) => !/status of 40[13]/.test(fault))).toEqual([]);
});
