/**
 * A consultation by the relay alone, over each way that leads to it: what a company's filter leaves of the network. The
 * bed of emulated lines has the filters; here each way is the only one that the page is told of.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inChromium, type Person } from './harness/browser';
import { Redis, Server } from './harness/server';
import { writeTimetable } from './harness/timetable';

/** Tells the page that the relay is its way, and of no other than the one that its address names (?by=tcp). */
const narrowed = `(() => {
  const by = new URLSearchParams(location.search).get('by');
  const own = window.fetch;
  window.fetch = async (...args) => {
    const response = await own(...args);
    if (!by || !response.ok || !/^\\/api\\/v1\\/links\\/[^/]+\\/open$/.test(new URL(response.url).pathname)) return response;
    const told = await response.json();
    const wanted = { udp: /^turn:.*transport=udp$/, tcp: /^turn:.*transport=tcp$/, tls: /^turns:/ }[by];
    const ice_servers = told.ice_servers.filter(({ urls }) => urls.some((url) => wanted.test(url)));
    return new Response(JSON.stringify({ ...told, path: 'relay', ice_servers }), { headers: response.headers });
  };
})()`;

const folder = mkdtempSync(join(tmpdir(), 'sangdam-e2e-relay-'));
let redis: Redis;
let server: Server;
let people: Person[] = [];

beforeAll(async () => {
  const timetable = join(folder, 'timetable.csv');
  writeTimetable(timetable);
  redis = await Redis.start();
  server = await Server.create(redis, { secret: true });
  await server.import('relay', timetable);
  await server.start();
  people = await Promise.all([
    inChromium('booth', { language: 'ko-KR', script: narrowed, trusting: true }),
    inChromium('buyer', { script: narrowed, trusting: true }),
  ]);
});
afterAll(async () => {
  await Promise.all(people.map((p) => p.close()));
  await server?.end();
  await redis?.end();
  rmSync(folder, { recursive: true, force: true });
});

/** By what the media of the newest PeerConnection goes. For evaluate(): must not refer to anything outside of itself. */
async function route(): Promise<string> {
  const peer = window.__probe.peers.filter((p) => p.connectionState !== 'closed').at(-1);
  const report = await peer?.getStats();
  if (!report) return 'none';
  for (const stat of report.values()) {
    if (stat.type !== 'transport' || !stat.selectedCandidatePairId) continue;
    const pair = report.get(stat.selectedCandidatePairId);
    const local = pair && report.get(pair.localCandidateId);
    return `${local?.candidateType} ${local?.relayProtocol ?? ''}`;
  }
  return 'none';
}

test.each(['udp', 'tcp', 'tls'] as const)('a consultation by the relay over %s alone', async (by) => {
  const [booth, buyer] = people as [Person, Person];
  const link = (whom: string) => server.link(whom).replace('#', `?by=${by}#`);
  for (const person of people) await person.open('about:blank');
  await booth.open(link('Booth 1'));
  await booth.at('room', 20_000);
  await buyer.open(link('Buyer GB-1'));
  await buyer.join();
  await buyer.at('room', 20_000);
  await Promise.all([booth.sees('buyer', 20), buyer.sees('firm', 20), booth.hears(), buyer.hears()]);
  expect(await Promise.all(people.map((p) => p.evaluate(route, null)))).toEqual([
    `relay ${by}`,
    `relay ${by}`,
  ]);
  await buyer.click('[data-testid="leave"]');
  await buyer.at('over');
});
