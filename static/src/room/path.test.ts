import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PathState } from '../media/peer';
import { Refused, Unreachable } from '../protocol/failure';
import { MediaPath, type Peer } from './path';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

class FakePeer implements Peer {
  state: PathState = 'connecting';
  readonly slots = [];
  closed = false;
  private readonly changed: (state: PathState) => void;
  constructor(changed: (state: PathState) => void) {
    this.changed = changed;
  }
  offer = async () => 'offer';
  accept = async () => undefined;
  restartOffer = async () => 'restart';
  close() {
    this.closed = true;
  }
  become(state: PathState) {
    this.state = state;
    this.changed(state);
  }
}

function setup() {
  const peers: FakePeer[] = [];
  const log: string[] = [];
  const world = { reachable: true, refuse: null as Error | null };
  const answer = async (what: string) => {
    log.push(what);
    if (world.refuse) throw world.refuse;
    return 'answer';
  };
  const path = new MediaPath<FakePeer>({
    make: (changed) => {
      const peer = new FakePeer(changed);
      peers.push(peer);
      return peer;
    },
    restart: () => answer('restart'),
    rebuild: () => answer('rebuild'),
    rebuilt: () => log.push('rebuilt'),
    reachable: () => world.reachable,
    renew: () => log.push('renew'),
    roundTrip: () => 20,
  });
  const peer = (i: number): FakePeer => {
    const found = peers[i];
    if (!found) throw new Error(`no peer ${i}`);
    return found;
  };
  return { path, peer, peers, log, world };
}

async function connected() {
  const all = setup();
  await all.path.begin();
  await all.path.accept('answer');
  all.peer(0).become('connected');
  return all;
}

test('a disconnection that heals by itself is left alone', async () => {
  const { path, peer, log } = await connected();
  peer(0).become('interrupted');
  expect(path.view.value.state).toBe('interrupted');
  await vi.advanceTimersByTimeAsync(500);
  peer(0).become('connected');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(log).toEqual([]);
  expect(path.view.value.state).toBe('connected');
});

test('a broken path restarts ICE on the same PeerConnection', async () => {
  const { path, peer, peers, log } = await connected();
  peer(0).become('interrupted');
  await vi.advanceTimersByTimeAsync(1100);
  peer(0).become('connected');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(log).toEqual(['restart']);
  expect(peers).toHaveLength(1);
  expect(path.view.value.state).toBe('connected');
});

test('when the restart does not help a new PeerConnection takes over', async () => {
  const { peer, peers, log } = await connected();
  peer(0).become('failed');
  await vi.advanceTimersByTimeAsync(4100);
  expect(log).toEqual(['restart', 'rebuild', 'rebuilt']);
  expect(peers).toHaveLength(2);
  expect(peer(0).closed).toBe(true);
});

test('a path under repair is never told as working', async () => {
  const { path, peer } = await connected();
  const seen: string[] = [];
  path.view.subscribe((view) => seen.push(view.state));
  peer(0).become('failed');
  await vi.advanceTimersByTimeAsync(5000);
  expect(seen).toEqual(['connected', 'interrupted', 'connecting']);
});

test('media that finds no way is told, and tried again ever more slowly', async () => {
  const { path, peers } = await connected();
  peers[0]?.become('failed');
  await vi.advanceTimersByTimeAsync(30_000);
  expect(path.view.value.state).toBe('hopeless');
  const then = peers.length;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(peers.length).toBeGreaterThan(then + 5);
  expect(peers.length).toBeLessThan(then + 30);
  expect(peers.filter((p) => !p.closed)).toHaveLength(1);
});

test('while the server is away nothing is tried; its return begins the restart', async () => {
  const { path, peer, log, world } = await connected();
  world.reachable = false;
  peer(0).become('failed');
  await vi.advanceTimersByTimeAsync(30_000);
  expect(log).toEqual([]);
  world.reachable = true;
  path.check();
  await vi.advanceTimersByTimeAsync(10);
  expect(log).toEqual(['restart']);
});

test('a rebuild that the network ate is done again when the server is back', async () => {
  const { path, peer, peers, log, world } = await connected();
  world.refuse = new Unreachable('gone');
  peer(0).become('failed');
  await vi.advanceTimersByTimeAsync(100);
  expect(log).toEqual(['restart', 'rebuild']);
  world.refuse = null;
  path.check();
  await vi.advanceTimersByTimeAsync(10);
  expect(log).toEqual(['restart', 'rebuild', 'rebuild', 'rebuilt']);
  expect(peers.filter((p) => !p.closed)).toHaveLength(1);
});

test('a server that refuses the new PeerConnection is asked for a new session', async () => {
  const { peer, log, world } = await connected();
  world.refuse = new Refused({ code: 'bad_offer', action: '' });
  peer(0).become('failed');
  await vi.advanceTimersByTimeAsync(100);
  expect(log).toEqual(['restart', 'rebuild', 'renew']);
});
