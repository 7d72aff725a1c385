import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { inFirefox, pause } from './harness/browser';
import { colours, near, type OneRoom, shows, startRoom, wallFrame } from './harness/rooms';

let room: OneRoom;
const people = () => [room.coordinator, room.booth, room.buyer];

beforeAll(async () => {
  room = await startRoom();
  await room.booth.open(room.server.link('Booth 1'));
  await room.booth.at('room');
  await room.buyer.open(room.server.link('Buyer GB-1'));
  await room.buyer.join();
  await room.buyer.at('room');
});
afterEach(async () => {
  for (const person of people()) await person.expectNoFaults();
});
afterAll(async () => {
  await room?.end();
});

const firm = () => `${wallFrame(room.id, 0)} video`;
const buyer = () => `${wallFrame(room.id, 1)} video`;

test('the wall shows each person in their own place, by one PeerConnection that asks for no permission', async () => {
  const { coordinator } = room;
  await coordinator.open(room.server.link('coordinator'));
  await coordinator.at('console');
  await coordinator.appears(`[data-testid="wall-room"][data-room="${room.id}"]`);
  await Promise.all([shows(coordinator, firm(), colours.booth), shows(coordinator, buyer(), colours.buyer)]);
  expect(await coordinator.evaluate(() => window.__probe.asked(), null)).toBe(0);
  expect(await coordinator.calls()).toMatchObject({ createOffer: 1, setRemoteDescription: 1 });
});

test('both come in the lowest layer; the room that is looked at comes larger', async () => {
  const { coordinator } = room;
  const width = () =>
    coordinator.evaluate((s) => document.querySelector<HTMLVideoElement>(s)?.videoWidth ?? 0, firm());
  expect(await width()).toBe(160);
  await coordinator.evaluate(
    (id) => document.querySelector<HTMLElement>(`[data-room="${id}"] [data-testid="wall-open"]`)?.focus(),
    room.id,
  );
  await coordinator.press('Enter');
  await coordinator.appears('[data-testid="room-detail"]');
  await coordinator.until(
    'a larger picture',
    (s) => (document.querySelector<HTMLVideoElement>(s)?.videoWidth ?? 0) > 160,
    firm(),
  );
  await coordinator.click('[data-testid="room-close"]');
  await coordinator.until(
    'the small picture again',
    (s) => document.querySelector<HTMLVideoElement>(s)?.videoWidth === 160,
    firm(),
  );
});

test('a camera that is off has no picture, and its last frame is not seen', async () => {
  const { coordinator } = room;
  await room.buyer.click('[data-testid="camera-toggle"]');
  await coordinator.appears(`${wallFrame(room.id, 1)}[data-shown="false"]`);
  await room.buyer.click('[data-testid="camera-toggle"]');
  await coordinator.appears(`${wallFrame(room.id, 1)}[data-shown="true"]`);
  await shows(coordinator, buyer(), colours.buyer);
});

test('who leaves and comes back is shown in their own place, never in the other', async () => {
  const { coordinator } = room;
  const watched = coordinator.evaluate(
    ([selector, ms]) =>
      new Promise<number[][]>((resolve) => {
        const seen: number[][] = [];
        const canvas = document.createElement('canvas');
        canvas.width = 1;
        canvas.height = 1;
        const context = canvas.getContext('2d', { willReadFrequently: true });
        const look = () => {
          const video = document.querySelector<HTMLVideoElement>(selector);
          const shown = video?.closest('[data-shown]')?.getAttribute('data-shown') === 'true';
          if (video && shown && video.videoWidth > 0 && context) {
            context.drawImage(video, video.videoWidth / 2, video.videoHeight / 2, 1, 1, 0, 0, 1, 1);
            seen.push([...context.getImageData(0, 0, 1, 1).data].slice(0, 3));
          }
          if (performance.now() < until) requestAnimationFrame(look);
          else resolve(seen);
        };
        const until = performance.now() + ms;
        look();
      }),
    [buyer(), 8000] as [string, number],
  );
  await room.buyer.click('[data-testid="leave"]');
  await room.buyer.at('over');
  await pause(500);
  await room.buyer.click('[data-testid="back-in"]');
  await room.buyer.join();
  await room.buyer.at('room');
  const seen = await watched;
  expect(seen.length).toBeGreaterThan(50);
  expect(seen.filter((colour) => !near(colour, colours.buyer))).toEqual([]);
  await shows(coordinator, firm(), colours.booth);
});

test('what is scrolled away, or another part of the console, is not sent', async () => {
  const { coordinator } = room;
  await coordinator.click('[data-testid="tab-board"]');
  await coordinator.appears('[data-testid="board-row"]');
  await pause(1000);
  const before = await coordinator.received();
  await pause(1500);
  expect((await coordinator.received()).framesDecoded - before.framesDecoded).toBeLessThan(2);
  await coordinator.click('[data-testid="tab-wall"]');
  await shows(coordinator, firm(), colours.booth);
});

test('Firefox shows and hears a room as well', async () => {
  const firefox = await inFirefox('coordinator in Firefox', { width: 1600, height: 900 });
  try {
    await firefox.open(room.server.link('coordinator'));
    await firefox.at('console');
    await firefox.until(
      'both pictures',
      () =>
        [...document.querySelectorAll<HTMLVideoElement>('.frame[data-shown="true"] video')].filter(
          (video) => video.videoWidth > 0,
        ).length === 2,
      null,
    );
    await firefox.evaluate(
      () => document.querySelector<HTMLElement>('[data-testid="wall-open"]')?.click(),
      null,
    );
    await firefox.appears('[data-testid="help-listen"]');
    await firefox.click('[data-testid="help-listen"]');
    await room.buyer.appears('[data-testid="helper-listens"]');
    await firefox.hears();
    await firefox.click('[data-testid="help-listen"]');
    await room.buyer.vanishes('[data-testid="helper-listens"]');
    await firefox.expectNoFaults();
  } finally {
    await firefox.close();
  }
});

test('after the server was killed the wall comes back by itself, on a new PeerConnection', async () => {
  const { coordinator } = room;
  await room.server.kill();
  await room.server.start();
  await coordinator.until('a second offer', () => window.__probe.calls.createOffer > 1, null, 30_000);
  await coordinator.until(
    'both to be shown again',
    (id) => document.querySelectorAll(`[data-room="${id}"] .frame[data-shown="true"]`).length === 2,
    room.id,
    30_000,
  );
  await shows(coordinator, firm(), colours.booth);
  await shows(coordinator, buyer(), colours.buyer);
  await coordinator.until(
    'frames on the new path',
    async () => {
      for (const stat of (await window.__probe.peers.at(-1)?.getStats())?.values() ?? [])
        if (stat.type === 'inbound-rtp' && (stat.framesDecoded ?? 0) > 5) return true;
      return false;
    },
    null,
  );
  // What the browsers said of the server that was away is no fault of a page.
  for (const person of people()) person.faults.length = 0;
});
