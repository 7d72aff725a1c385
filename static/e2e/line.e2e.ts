/**
 * What a line does to two people in a room, at the wire: nothing passes for a while, or the socket alone dies. The bed of
 * emulated lines has the figures; this one has the page.
 */
import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { inChromium, type Person, pause } from './harness/browser';
import { type Fair, startDemo } from './harness/server';

const nft = (rules: string) => execFileSync('nft', ['-f', '-'], { input: rules });

/** Nothing passes to or from the server: pages, socket and media. It is lost, and no program is told. */
function cut(port: string): void {
  nft(`table inet line {
    chain lost {
      type filter hook input priority 0;
      tcp dport ${port} drop
      tcp sport ${port} drop
      ip daddr ${process.env.SANGDAM_E2E_ADDRESS} drop
    }
  }`);
}

const mend = () => nft('table inet line {}\ndelete table inet line');

/** When packets of voices came again after now, by Date.now(). */
async function hearsAgain(who: Person, within: number): Promise<number> {
  const { audioPackets } = await who.received();
  const deadline = Date.now() + within;
  while (Date.now() < deadline) {
    const now = await who.received();
    // A new PeerConnection counts from zero.
    if (now.audioPackets > audioPackets + 10 || (now.audioPackets > 10 && now.audioPackets < audioPackets))
      return Date.now();
    await pause(50);
  }
  throw new Error(`${who.name} hears nothing after ${within} ms`);
}

describe('a line that breaks', () => {
  let fair: Fair;
  let booth: Person;
  let buyer: Person;

  beforeAll(async () => {
    fair = await startDemo();
    [booth, buyer] = await Promise.all([inChromium('booth', { language: 'ko-KR' }), inChromium('buyer')]);
    await booth.open(fair.link(fair.open.booth));
    await booth.at('room');
    await buyer.open(fair.link('buyer'));
    await buyer.join();
    await Promise.all([booth.sees('buyer'), buyer.sees('firm'), booth.hears(), buyer.hears()]);
    await pause(4000);
  });
  afterEach(() => {
    try {
      mend();
    } catch {
      // Nothing was cut.
    }
  });
  afterAll(async () => {
    await Promise.all([booth, buyer].map((p) => p?.close()));
    await fair?.end();
  });

  const port = () => new URL(fair.link('buyer')).port;

  test('after ten seconds without a packet voices are back within three, and meanwhile nothing of them left', async () => {
    cut(port());
    await buyer.appears('[data-testid="connection"]', 12_000);
    await pause(6000);
    const sending = () =>
      window.__probe.peers.flatMap((p) => p.getSenders()).filter(({ track }) => track !== null).length;
    expect(await Promise.all([booth.evaluate(sending, null), buyer.evaluate(sending, null)])).toEqual([0, 0]);
    const back = Date.now();
    mend();
    const heard = await Promise.all([hearsAgain(booth, 20_000), hearsAgain(buyer, 20_000)]);
    console.log(
      `without a packet for 10 s: voices are back after ${heard.map((at) => at - back).join(' and ')} ms`,
    );
    expect(Math.max(...heard) - back).toBeLessThan(3000);
    await Promise.all([booth.sees('buyer', 10), buyer.sees('firm', 10), booth.hears(), buyer.hears()]);
    await buyer.vanishes('[data-testid="connection"]');
    for (const person of [booth, buyer]) await person.appears('[data-place="room"]');
  }, 60_000);
});
