import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { inChromium, type Person, pause } from './harness/browser';
import { attendance } from './harness/records';
import { type Fair, startDemo } from './harness/server';

/** Remembers when a selector first matched, by the machine's clock. */
async function note(who: Person, selector: string): Promise<void> {
  await who.evaluate((s) => {
    const seen = window as unknown as Record<string, number>;
    const look = () => {
      if (document.querySelector(s) === null) return;
      seen[s] = Date.now();
      observer.disconnect();
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { subtree: true, childList: true, attributes: true });
    look();
  }, selector);
}

async function noted(who: Person, selector: string): Promise<number> {
  await who.until(
    `${selector} to be noted`,
    (s) => (window as unknown as Record<string, number>)[s] !== undefined,
    selector,
  );
  return who.evaluate((s) => (window as unknown as Record<string, number>)[s] ?? Number.NaN, selector);
}

describe('booth and buyer meet in two Chromiums, from the URLs that the demo prints', () => {
  let fair: Fair;
  let coordinator: Person;
  let booth: Person;
  let buyer: Person;
  let interpreter: Person | undefined;
  const everybody = () => [coordinator, booth, buyer, interpreter].filter((p) => p !== undefined);

  beforeAll(async () => {
    fair = await startDemo();
    [coordinator, booth, buyer] = await Promise.all([
      inChromium('coordinator', { language: 'ko-KR' }),
      inChromium('booth', { language: 'ko-KR' }),
      inChromium('buyer'),
    ]);
  });
  afterEach(async () => {
    for (const person of everybody()) await person.expectNoFaults();
  });
  afterAll(async () => {
    await Promise.all(everybody().map((p) => p.close()));
    await fair?.end();
  });

  const row = () => `[data-testid="board-row"][data-consultation="${fair.open.id}"]`;

  test('the booth enters the open consultation by itself', async () => {
    await coordinator.open(fair.link('coordinator'));
    await coordinator.at('console');
    await coordinator.click('[data-testid="tab-board"]');
    await booth.open(fair.link(fair.open.booth));
    await booth.at('room');
    await coordinator.appears(`${row()}[data-phase="waiting"]`);
  });

  test('the buyer joins with one click, and the coordinator sees it live within a second', async () => {
    await buyer.open(fair.link('buyer'));
    await buyer.at('lobby');
    await note(buyer, '[data-place="room"]');
    await note(coordinator, `${row()}[data-phase="live"]`);
    await buyer.join();
    const entered = await noted(buyer, '[data-place="room"]');
    const live = await noted(coordinator, `${row()}[data-phase="live"]`);
    expect(live - entered).toBeLessThan(1000);
  });

  test('they see and hear each other', async () => {
    await Promise.all([booth.sees('buyer'), buyer.sees('firm'), booth.hears(), buyer.hears()]);
  });

  test('a muted microphone is silent at the other side, and comes back', async () => {
    await buyer.click('[data-testid="mic-toggle"]');
    await pause(1000);
    const before = await booth.received();
    await pause(1500);
    const after = await booth.received();
    expect(after.audioEnergy - before.audioEnergy).toBeLessThan(0.0001);
    expect(after.audioPackets - before.audioPackets).toBeLessThan(5);
    await buyer.click('[data-testid="mic-toggle"]');
    await booth.hears();
  });

  test('a camera that is off shows no picture at the other side, and comes back', async () => {
    await buyer.click('[data-testid="camera-toggle"]');
    await pause(1000);
    const before = await booth.received();
    await pause(1500);
    expect((await booth.received()).framesDecoded - before.framesDecoded).toBeLessThan(2);
    await buyer.click('[data-testid="camera-toggle"]');
    await booth.sees('buyer');
  });

  test('another camera takes over without a new offer', async () => {
    await buyer.click('[data-testid="devices"]');
    await buyer.appears('[data-testid="choose-camera"]');
    const chosen = await buyer.evaluate(() => {
      const select = document.querySelector<HTMLSelectElement>('[data-testid="choose-camera"]');
      if (!select) return [];
      // Chromium never encodes what its second fake camera delivers, not even in an empty page.
      const other = [...select.options].find((o) => o.label === 'fake_device_2');
      const from = select.value;
      if (other) {
        select.value = other.value;
        select.dispatchEvent(new Event('change', { bubbles: true }));
      }
      return [from, select.value];
    }, null);
    expect(chosen[0]).not.toBe(chosen[1]);
    await buyer.press('Escape');
    await booth.sees('buyer');
  });

  test('a shared screen takes the stage and leaves it', async () => {
    await booth.click('[data-testid="share-toggle"]');
    await buyer.appears('[data-testid="tile"][data-kind="stage"] video');
    await buyer.until(
      'frames of the screen',
      () => window.__probe.shown('[data-testid="tile"][data-kind="stage"] video') > 1,
      null,
    );
    await booth.click('[data-testid="share-toggle"]');
    await buyer.vanishes('[data-testid="tile"][data-kind="stage"]');
  });

  test('a third person joins, is seen, and reads the chat from before', async () => {
    await buyer.click('[data-testid="chat-toggle"]');
    await buyer.type('[data-testid="chat-input"]', 'Width 58 inches, please');
    await buyer.click('[data-testid="chat-send"]');
    await buyer.until(
      'the own message',
      () => document.querySelector('[data-testid="chat-message"]') !== null,
      null,
    );
    expect(fair.open.interpreter).toBe(true);
    interpreter = await inChromium('interpreter', { language: 'ko-KR' });
    await interpreter.open(fair.link('interpreter'));
    await interpreter.join();
    await interpreter.at('room');
    await Promise.all([
      interpreter.sees('buyer', 5),
      interpreter.sees('firm', 5),
      booth.sees('interpreter', 5),
      buyer.sees('interpreter', 5),
    ]);
    await interpreter.click('[data-testid="chat-toggle"]');
    await interpreter.until(
      'the message from before',
      () =>
        [...document.querySelectorAll('[data-testid="chat-message"]')].some((m) =>
          m.textContent?.includes('Width 58 inches, please'),
        ),
      null,
    );
  });

  test('one offer and one local description each, over all of it', async () => {
    for (const person of [booth, buyer, interpreter]) {
      expect(await person?.calls(), person?.name).toEqual({
        createOffer: 1,
        setLocalDescription: 1,
        setRemoteDescription: 1,
      });
    }
  });

  test('who leaves has left, and the attendance is there', async () => {
    await buyer.click('[data-testid="leave"]');
    await buyer.at('over');
    await coordinator.appears(`${row()} [data-testid="seat-state"][data-role="buyer"][data-state="left"]`);
    const { record, csv } = await attendance(fair.link('coordinator'));
    const own = record.consultations.find((c) => c.consultation === fair.open.id);
    const seats = new Map(own?.seats.map((s) => [s.role, s]));
    expect(seats.get('buyer')?.intervals).toHaveLength(1);
    expect(seats.get('buyer')?.intervals[0]?.reason).toBe('left');
    expect(seats.get('firm')?.intervals).toHaveLength(1);
    expect(seats.get('firm')?.intervals[0]?.to).toBeUndefined();
    expect(own?.together_seconds).toBeGreaterThan(5);
    expect(csv).toContain(`${fair.open.id}/buyer`);
  });
});
