import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Change, Hello, Resumed, Welcome } from '../protocol/types';
import { ServerClock } from './clock';
import type { Message } from './requests';
import { type Present, Session, type SessionState } from './session';

/** The server's end of the sockets that the session opens, one after the other. */
class FakeSocket {
  static all: FakeSocket[] = [];
  static refuse = false;
  readyState = 0;
  sent: Message[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor() {
    FakeSocket.all.push(this);
    setTimeout(() => {
      if (FakeSocket.refuse) this.onclose?.({ code: 1006 });
      else {
        this.readyState = 1;
        this.onopen?.();
      }
    }, 1);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text) as Message);
  }
  close() {
    this.readyState = 3;
  }
  last(type: string): Message {
    const found = this.sent.findLast((m) => m.type === type);
    if (!found) throw new Error(`no ${type} was sent`);
    return found;
  }
  reply(to: string, type: string, body: unknown) {
    this.push({ type, ref: this.last(to).ref ?? 0, body });
  }
  push(message: Message) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  die(code = 1006) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

const time = '2021-12-06T01:00:00Z';
const welcome: Welcome = {
  session: 's1',
  secret: 'k1',
  server_time: time,
  ice_servers: [],
  you: { name: 'A', role: 'buyer', language: 'en' },
};

function setup() {
  const states: SessionState[] = [];
  const changes: Change[] = [];
  const lost: string[] = [];
  const present: Present[] = [];
  const resumes: [Resumed, boolean][] = [];
  const resuming = vi.fn();
  let hellos = 0;
  const session = new Session({
    url: 'ws://test/ws',
    clock: new ServerClock(() => performance.now()),
    monotonic: () => performance.now(),
    random: () => 0,
    owner: {
      greet: async (): Promise<Hello> => ({ token: `t${++hellos}`, profile: 'room' }),
      welcomed: async () => undefined,
      resumed: (resumed, replayed) => resumes.push([resumed, replayed]),
      changed: (c) => changes.push(...c),
      present: (now) => present.push(now),
      stateChanged: (s) => states.push(s),
      resuming,
      lost: (code) => lost.push(code),
    },
  });
  return { session, states, changes, present, lost, resumes, resuming, hellos: () => hellos };
}

async function socket(index: number): Promise<FakeSocket> {
  for (let i = 0; i < 200; i++) {
    const found = FakeSocket.all[index];
    if (found?.sent.length) return found;
    await vi.advanceTimersByTimeAsync(50);
  }
  throw new Error(`socket ${index} never spoke`);
}

async function up(session: Session): Promise<FakeSocket> {
  session.start();
  const first = await socket(0);
  first.reply('hello', 'hello', welcome);
  await vi.advanceTimersByTimeAsync(0);
  return first;
}

const chat = (seq: number, id: string): Message => ({
  type: 'delta',
  body: { seq, changes: [{ left: { id, reason: 'left' } }] },
});

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  FakeSocket.refuse = false;
  vi.stubGlobal('WebSocket', Object.assign(FakeSocket, { OPEN: 1 }));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a socket that dies is followed by a resume with the last secret and number', async () => {
  const { session, changes, resumes } = setup();
  const first = await up(session);
  first.push(chat(1, 'a'));
  first.push(chat(2, 'b'));
  first.die();
  const second = await socket(1);
  expect(second.last('resume').body).toEqual({ session: 's1', secret: 'k1', seq: 2 });
  second.reply('resume', 'resume', { secret: 'k2', seq: 2, server_time: time });
  second.push(chat(3, 'c'));
  await vi.advanceTimersByTimeAsync(0);
  expect(session.state).toEqual({ at: 'up' });
  expect(resumes).toMatchObject([[{ secret: 'k2' }, true]]);
  expect(changes.map((c) => c.left?.id)).toEqual(['a', 'b', 'c']);
  second.die();
  const third = await socket(2);
  expect(third.last('resume').body).toEqual({ session: 's1', secret: 'k2', seq: 3 });
});

test('R66: what is so just now has no number, and leaves no gap', async () => {
  const { session, changes, present } = setup();
  const first = await up(session);
  first.push(chat(1, 'a'));
  first.push({ type: 'layers', body: { source: 'camera', layers: ['q'] } });
  first.push({ type: 'speakers', body: { speakers: ['a'] } });
  first.push(chat(2, 'b'));
  await vi.advanceTimersByTimeAsync(0);
  expect(session.state).toEqual({ at: 'up' });
  expect(changes).toHaveLength(2);
  expect(present.map(({ type }) => type)).toEqual(['layers', 'speakers']);
});

test('a restart goes right behind the resume, other requests wait until that is answered', async () => {
  const { session, resuming } = setup();
  const first = await up(session);
  resuming.mockImplementation(() => {
    void session.ask('restart', { offer: 'o' }).catch(() => undefined);
  });
  first.die();
  const second = await socket(1);
  expect(second.sent.map((m) => m.type)).toEqual(['resume', 'restart']);
  await expect(session.ask('ping', {})).rejects.toThrow();
  second.reply('resume', 'error', { code: 'session_unknown', action: 'rejoin' });
  await vi.advanceTimersByTimeAsync(0);
  await expect(session.ask('restart', { offer: 'o' })).rejects.toThrow();
});

test('a gap in the numbers leads to a resume, and nothing is applied twice', async () => {
  const { session, changes } = setup();
  const first = await up(session);
  first.push(chat(1, 'a'));
  first.push(chat(3, 'c'));
  const second = await socket(1);
  expect(second.last('resume').body).toMatchObject({ seq: 1 });
  second.reply('resume', 'resume', { secret: 'k2', seq: 1, server_time: time });
  second.push(chat(2, 'b'));
  second.push(chat(3, 'c'));
  second.push(chat(3, 'c'));
  expect(changes.map((c) => c.left?.id)).toEqual(['a', 'b', 'c']);
});

test('a full state after a long absence is told as not replayed', async () => {
  const { session, resumes } = setup();
  const first = await up(session);
  first.die();
  const second = await socket(1);
  second.reply('resume', 'resume', { secret: 'k2', seq: 400, server_time: time });
  await vi.advanceTimersByTimeAsync(0);
  expect(resumes[0]?.[1]).toBe(false);
  second.push(chat(401, 'x'));
  expect(session.state).toEqual({ at: 'up' });
});

test('a server that has forgotten the session gets a new hello by itself', async () => {
  const { session, lost, hellos } = setup();
  const first = await up(session);
  first.die();
  const second = await socket(1);
  second.reply('resume', 'error', { code: 'session_unknown', action: 'rejoin' });
  const third = await socket(2);
  expect(lost).toEqual(['session_unknown']);
  expect(hellos()).toBe(2);
  third.reply('hello', 'hello', { ...welcome, session: 's2' });
  await vi.advanceTimersByTimeAsync(0);
  expect(session.id).toBe('s2');
});

test('a server that is away for minutes is found again', async () => {
  const { session } = setup();
  const first = await up(session);
  FakeSocket.refuse = true;
  first.die();
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  const tries = FakeSocket.all.length;
  expect(tries).toBeGreaterThan(60);
  FakeSocket.refuse = false;
  const again = await socket(tries);
  expect(again.last('resume').body).toMatchObject({ session: 's1' });
});

test('stop means stop, with the last word as the reason', async () => {
  const { session } = setup();
  const first = await up(session);
  first.push({ type: 'error', body: { code: 'moved', action: 'stop' } });
  first.die(4213);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(session.state).toEqual({ at: 'stopped', code: 'moved' });
  expect(FakeSocket.all).toHaveLength(1);
});

test('a socket that no longer answers pings is given up', async () => {
  const { session } = setup();
  const first = await up(session);
  expect(first.last('ping').ref).toBeGreaterThan(0);
  await vi.advanceTimersByTimeAsync(12_000);
  expect(FakeSocket.all.length).toBeGreaterThan(1);
});

test('a hint of the platform ends the waiting', async () => {
  const { session } = setup();
  const first = await up(session);
  FakeSocket.refuse = true;
  first.die();
  await vi.advanceTimersByTimeAsync(60_000);
  FakeSocket.refuse = false;
  const tries = FakeSocket.all.length;
  session.hint('online');
  await vi.advanceTimersByTimeAsync(5);
  expect(FakeSocket.all.length).toBeGreaterThan(tries);
  expect(FakeSocket.all.at(-1)?.last('resume')).toBeTruthy();
});

test('a try that hangs on the old network is given up for the new one', async () => {
  const { session } = setup();
  const first = await up(session);
  first.die();
  const second = await socket(1); // its resume is never answered
  session.hint('visible');
  await vi.advanceTimersByTimeAsync(5);
  expect(FakeSocket.all).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(2000);
  session.hint('online');
  const third = await socket(2);
  expect(second.readyState).toBe(3);
  expect(third.last('resume').body).toMatchObject({ session: 's1' });
});

test('a refused token asks for another one, no sooner than the server wants', async () => {
  const { session, lost } = setup();
  session.start();
  const first = await socket(0);
  first.reply('hello', 'error', { code: 'token_unknown', action: 'rejoin', retry_after_ms: 3000 });
  await vi.advanceTimersByTimeAsync(2500);
  expect(FakeSocket.all).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(FakeSocket.all).toHaveLength(2);
  expect(lost).toEqual(['token_unknown']);
});

test('closing says bye and beacons the newest secret', async () => {
  const { session } = setup();
  const first = await up(session);
  const beacons: unknown[] = [];
  session.close((identity) => beacons.push(identity));
  expect(first.last('bye')).toBeTruthy();
  expect(beacons).toEqual([{ session: 's1', secret: 'k1' }]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakeSocket.all).toHaveLength(1);
});

test('what is given up twice begins anew once', async () => {
  const { session, lost, hellos } = setup();
  const first = await up(session);
  first.die();
  const second = await socket(1);
  second.reply('resume', 'error', { code: 'session_unknown', action: 'rejoin' });
  await vi.advanceTimersByTimeAsync(0);
  session.renew('session_unknown'); // the same news by another way
  const third = await socket(2);
  session.renew('session_unknown');
  third.reply('hello', 'hello', { ...welcome, session: 's2' });
  await vi.advanceTimersByTimeAsync(2000);
  expect(session.id).toBe('s2');
  expect(lost).toEqual(['session_unknown']);
  expect(hellos()).toBe(2);
  expect(FakeSocket.all).toHaveLength(3);
});
