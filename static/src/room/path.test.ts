import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PathState } from '../media/peer';
import { Refused, Unreachable } from '../protocol/failure';
import type { Code, PathProfile } from '../protocol/types';
import { MediaPath, type Mending, type Peer } from './path';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

class FakePeer implements Peer {
  state: PathState = 'connecting';
  readonly slots = [];
  readonly way: PathProfile;
  closed = false;
  accepted: string[] = [];
  /** packets come while this is true; every reading finds some */
  flows = false;
  broken = false;
  private packets = 0;
  private offers = 0;
  private readonly changed: (state: PathState) => void;
  constructor(way: PathProfile, changed: (state: PathState) => void) {
    this.way = way;
    this.changed = changed;
  }
  offer = async () => {
    if (this.broken) throw new Error('this browser has no WebRTC today');
    return `offer ${this.way}`;
  };
  accept = async (answer: string) => {
    // As a browser: there is nothing to answer any more.
    if (this.accepted.at(-1) === answer) throw new Error('InvalidStateError');
    this.accepted.push(answer);
    if (answer !== 'answer') await new Promise((resolve) => setTimeout(resolve, 5));
  };
  restartOffer = async () => `restart ${++this.offers}`;
  pulse = async () => {
    if (this.flows) this.packets += 1;
    return this.packets;
  };
  close() {
    this.closed = true;
  }
  become(state: PathState) {
    this.state = state;
    this.changed(state);
  }
  /** connects, and packets come */
  live() {
    this.flows = true;
    this.become('connected');
  }
}

type Reply = { after: number; give: 'answer' | Error };

function setup(start: PathProfile = 'normal', relays = true) {
  const peers: FakePeer[] = [];
  const log: string[] = [];
  const renewed: Code[] = [];
  const world = {
    /** how the server replies to what is asked next */
    reply: { after: 20, give: 'answer' } as Reply,
    /** what becomes of a PeerConnection whose answer has come */
    connects: (_: FakePeer): boolean => false,
  };
  const path = new MediaPath<FakePeer>({
    make: (way, changed) => {
      const peer = new FakePeer(way, changed);
      peers.push(peer);
      return peer;
    },
    start: () => start,
    relays: () => relays,
    mend: ({ offer, rebuild, path }: Mending) => {
      const { after, give } = world.reply;
      log.push(rebuild ? `rebuild ${path}` : offer);
      return new Promise((resolve, reject) =>
        setTimeout(() => {
          if (give !== 'answer') return reject(give);
          resolve(`to ${offer}`);
          const now = peers.at(-1);
          setTimeout(() => {
            if (now && !now.closed && world.connects(now)) now.live();
          }, 40);
        }, after),
      );
    },
    rebuilt: () => log.push('rebuilt'),
    renew: (code) => renewed.push(code),
    alarmed: () => undefined,
    doubted: () => log.push('doubted'),
    roundTrip: () => 20,
    monotonic: () => performance.now(),
  });
  const peer = (i: number): FakePeer => {
    const found = peers[i];
    if (!found) throw new Error(`no peer ${i}`);
    return found;
  };
  const asked = () => log.filter((l) => l !== 'doubted' && l !== 'rebuilt');
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  return { path, peer, peers, log, asked, world, renewed, pass };
}

const never: Reply = { after: 3000, give: new Unreachable('nobody') };

async function connected(start?: PathProfile, relays?: boolean) {
  const all = setup(start, relays);
  await all.path.begin();
  await all.path.accept('answer');
  all.peer(0).live();
  await all.pass(5000);
  all.world.connects = () => true;
  return all;
}

/** Nothing comes any more, and the browser has noticed. */
function breaks(peer: FakePeer, state: 'interrupted' | 'failed' = 'interrupted') {
  peer.flows = false;
  peer.become(state);
}

describe('detection', () => {
  test('a disconnection that heals by itself is left alone', async () => {
    const { path, peer, asked, pass } = await connected();
    breaks(peer(0));
    expect(path.view.value.state).toBe('interrupted');
    await pass(500);
    peer(0).live();
    await pass(60_000);
    expect(asked()).toEqual([]);
    expect(path.view.value.state).toBe('connected');
  });

  test('where packets still flow ICE is not restarted, whatever the browser says', async () => {
    const { peer, asked, pass } = await connected();
    peer(0).become('interrupted');
    await pass(20_000);
    expect(asked()).toEqual([]);
  });

  test('a broken path is restarted within a second and a half of silence', async () => {
    const { path, peer, asked, pass } = await connected();
    breaks(peer(0));
    await pass(1500);
    expect(asked()).toEqual(['restart 1']);
    expect(path.view.value.state).toBe('connected');
  });

  test('silence alone waits for the check by which a browser finds a new NAT binding', async () => {
    const { peer, asked, pass } = await connected();
    peer(0).flows = false;
    await pass(2400);
    peer(0).flows = true;
    await pass(10_000);
    expect(asked()).toEqual([]);
  });

  test('silence that lasts is a broken path, though the browser calls it connected', async () => {
    const { peer, asked, pass } = await connected();
    peer(0).flows = false;
    await pass(3200);
    expect(asked()).toEqual(['restart 1']);
  });

  test('after a change of network little silence will do', async () => {
    const { path, peer, asked, pass } = await connected();
    peer(0).flows = false;
    path.check('network');
    await pass(900);
    expect(asked()).toEqual(['rebuild normal']);
  });

  test('a socket that breaks by itself makes the path look closely', async () => {
    const { path, peer, asked, pass } = await connected();
    peer(0).flows = false;
    path.alarm();
    await pass(900);
    expect(asked()).toEqual(['rebuild normal']);
  });

  test('a change of network on which packets go on changes nothing', async () => {
    const { path, asked, pass } = await connected();
    for (const hint of ['online', 'network', 'woken', 'visible', 'restored', 'socket'] as const) {
      path.check(hint);
      await pass(2000);
    }
    expect(asked()).toEqual([]);
  });

  test('a PeerConnection that the browser closed in its sleep is made anew', async () => {
    const { path, peer, asked, pass } = await connected();
    peer(0).state = 'closed';
    path.check('woken');
    await pass(1100);
    expect(asked()).toEqual(['rebuild normal']);
  });
});

describe('an ICE restart', () => {
  test('is sent again until somebody answers, the same offer each time', async () => {
    const { path, peer, peers, asked, world, pass } = await connected();
    world.reply = never;
    breaks(peer(0), 'failed');
    await pass(10_000);
    expect(asked().length).toBeGreaterThan(4);
    expect(new Set(asked())).toEqual(new Set(['restart 1']));
    world.reply = { after: 20, give: 'answer' };
    await pass(2700);
    expect(path.view.value.state).toBe('connected');
    expect(peers).toHaveLength(1);
  });

  test('goes out at once when the socket is back, or the platform says so', async () => {
    const { path, peer, asked, world, pass } = await connected();
    world.reply = never;
    breaks(peer(0), 'failed');
    await pass(9000);
    const then = asked().length;
    world.reply = { after: 20, give: 'answer' };
    await pass(400);
    path.check('socket');
    await pass(100);
    expect(asked().length).toBe(then + 1);
    expect(path.view.value.state).toBe('connected');
  });

  test('goes out at once over a socket that has opened, and not when the old way carries again', async () => {
    const { path, peer, asked, world, pass } = await connected();
    world.reply = never;
    breaks(peer(0), 'failed');
    await pass(100);
    path.reached();
    await pass(10);
    expect(asked()).toEqual(['restart 1', 'restart 1']);
    peer(0).live();
    await pass(300);
    const then = asked().length;
    path.reached();
    await pass(10);
    expect(asked()).toHaveLength(then);
  });

  test('is made anew on another network: what was gathered on the old one leads nowhere', async () => {
    const { path, peer, asked, world, pass } = await connected();
    world.reply = never;
    breaks(peer(0), 'failed');
    await pass(500);
    path.check('network');
    await pass(100);
    expect(asked()).toEqual(['restart 1', 'rebuild normal']);
  });

  test('is made anew on another network when the old one has long been silent, and no pair of its is clung to', async () => {
    const { path, peer, peers, asked, world, pass } = await connected();
    world.reply = never;
    breaks(peer(0), 'failed');
    await pass(4000);
    path.check('network');
    await pass(100);
    expect(new Set(asked())).toEqual(new Set(['restart 1', 'restart 2']));
    expect(peers).toHaveLength(1);
  });

  test('is forgotten when the path heals before anybody has heard of it', async () => {
    const { path, peer, asked, world, pass } = await connected();
    world.reply = never;
    breaks(peer(0), 'failed');
    await pass(2000);
    peer(0).live();
    await pass(6000);
    expect(path.view.value.state).toBe('connected');
    const then = asked().length;
    await pass(30_000);
    expect(asked()).toHaveLength(then);
  });

  test('is asked for no more once the old way carries again, and the path counts as working at once', async () => {
    const { path, peer, asked, world, pass } = await connected();
    world.reply = never;
    breaks(peer(0), 'interrupted');
    await pass(9000);
    expect(path.view.value.state).toBe('interrupted');
    const then = asked().length;
    peer(0).live();
    await pass(300);
    expect(path.view.value.state).toBe('connected');
    path.check('socket');
    path.check('network');
    await pass(10_000);
    expect(asked()).toHaveLength(then);
  });

  test('that is answered after the old way carries again is made all the same', async () => {
    const { path, peer, asked, world, pass } = await connected();
    world.reply = { after: 900, give: 'answer' };
    breaks(peer(0), 'interrupted');
    await pass(1400);
    peer(0).live();
    await pass(2000);
    expect(peer(0).accepted).toContain('to restart 1');
    expect(new Set(asked())).toEqual(new Set(['restart 1']));
    expect(path.view.value.state).toBe('connected');
  });

  test('goes out again when the old way has carried for a moment only', async () => {
    const { path, peer, asked, world, pass } = await connected();
    world.reply = never;
    breaks(peer(0), 'interrupted');
    await pass(3000);
    peer(0).live();
    await pass(600);
    const then = asked().length;
    peer(0).flows = false;
    await pass(2000);
    expect(asked().length).toBeGreaterThan(then);
    expect(path.view.value.state).toBe('interrupted');
  });

  test('that does not help is followed by a new PeerConnection on the same session', async () => {
    const { path, peer, peers, log, world, pass } = await connected();
    world.connects = (p) => p !== peer(0);
    breaks(peer(0), 'failed');
    await pass(4200);
    expect(log).toEqual(['doubted', 'restart 1', 'rebuild normal', 'rebuilt']);
    expect(peers).toHaveLength(2);
    expect(peer(0).closed).toBe(true);
    expect(path.view.value.state).toBe('connected');
  });

  test('a late answer to an old offer changes nothing', async () => {
    const { path, peer, world, pass } = await connected();
    world.reply = { after: 900, give: 'answer' };
    breaks(peer(0), 'failed');
    await pass(400);
    world.reply = { after: 20, give: 'answer' };
    path.check('network');
    await pass(100);
    expect(path.view.value.state).toBe('connected');
    await pass(5000);
    expect(peer(0).accepted).toEqual(['answer']);
    expect(peer(1).accepted).toEqual(['to offer normal']);
    expect(path.view.value.state).toBe('connected');
  });

  test('that is answered by both ways takes one answer', async () => {
    const { path, peer, peers, world, pass } = await connected();
    world.reply = { after: 3, give: 'answer' };
    breaks(peer(0), 'failed');
    await pass(0);
    world.reply = { after: 4, give: 'answer' };
    await pass(301 - 301);
    path.check('visible');
    path.check('socket');
    await pass(5000);
    expect(peer(0).accepted).toEqual(['answer', 'to restart 1']);
    expect(peers).toHaveLength(1);
    expect(path.view.value.state).toBe('connected');
  });

  test('that the server refuses leads to a new PeerConnection', async () => {
    const { peer, asked, world, pass } = await connected();
    world.reply = { after: 5, give: new Refused({ code: 'bad_offer', action: '' }) };
    breaks(peer(0), 'failed');
    await pass(6);
    world.reply = { after: 20, give: 'answer' };
    await pass(200);
    expect(asked()).toEqual(['restart 1', 'rebuild normal']);
  });

  test('that comes too often is sent again when it may', async () => {
    const { path, peer, asked, world, pass } = await connected();
    world.reply = { after: 5, give: new Refused({ code: 'rate_limited', action: '', retry_after_ms: 2000 }) };
    breaks(peer(0), 'failed');
    await pass(1900);
    expect(asked()).toEqual(['restart 1']);
    world.reply = { after: 20, give: 'answer' };
    await pass(300);
    expect(path.view.value.state).toBe('connected');
  });
});

describe('a session that the server has forgotten', () => {
  test('is begun anew, once, and its hello brings the next PeerConnection', async () => {
    const { path, peer, peers, asked, world, renewed, pass } = await connected();
    world.reply = { after: 5, give: new Refused({ code: 'session_unknown', action: 'rejoin' }) };
    breaks(peer(0), 'failed');
    await pass(30_000);
    expect(renewed).toEqual(['session_unknown']);
    expect(asked()).toEqual(['restart 1']);
    expect(path.view.value.state).toBe('interrupted');
    await path.begin();
    await path.accept('answer');
    peer(1).live();
    expect(path.view.value.state).toBe('connected');
    expect(peers.filter((p) => !p.closed)).toHaveLength(1);
  });

  test('a server that refuses even the new PeerConnection is asked for a new session', async () => {
    const { peer, renewed, world, pass } = await connected();
    world.reply = { after: 5, give: new Refused({ code: 'bad_offer', action: '' }) };
    breaks(peer(0), 'failed');
    await pass(100);
    expect(renewed).toEqual(['internal']);
  });

  test('an answer to what came before another hello changes nothing', async () => {
    const { path, peer, world, pass } = await connected();
    world.reply = { after: 500, give: 'answer' };
    breaks(peer(0), 'failed');
    await pass(100);
    await path.begin();
    await pass(2000);
    expect(peer(0).accepted).toEqual(['answer']);
    expect(peer(1).accepted).toEqual([]);
    expect(peer(1).closed).toBe(false);
    await path.accept('answer');
    peer(1).live();
    expect(path.view.value.state).toBe('connected');
  });
});

describe('the ways', () => {
  test('begin with what worked the last time', async () => {
    const { path, peer } = setup('relay');
    await path.begin();
    expect(peer(0).way).toBe('relay');
    expect(path.way.value).toBe('relay');
  });

  test('are walked when connected does not come within eight seconds each', async () => {
    const { path, peers, asked, pass } = setup();
    await path.begin();
    await path.accept('answer');
    await pass(26_000);
    expect(asked()).toEqual(['rebuild active', 'rebuild relay', 'rebuild audio']);
    expect(peers.map((p) => p.way)).toEqual(['normal', 'active', 'relay', 'audio']);
    expect(path.view.value.state).toBe('connecting');
    await pass(8000);
    expect(path.view.value.state).toBe('hopeless');
  });

  test('are not walked while the server cannot be asked: that says nothing of them', async () => {
    const { path, asked, world, pass } = setup();
    await path.begin();
    await path.accept('answer');
    world.reply = never;
    await pass(300_000);
    expect(new Set(asked())).toEqual(new Set(['rebuild active']));
    expect(path.view.value.state).toBe('connecting');
  });

  test('stop at the one that works, and stay there', async () => {
    const { path, peer, peers, asked, world, pass } = setup();
    await path.begin();
    await path.accept('answer');
    world.connects = (p) => p.way === 'relay';
    await pass(20_000);
    expect(path.view.value.state).toBe('connected');
    expect(path.way.value).toBe('relay');
    breaks(peer(2), 'failed');
    world.connects = (p) => p === peers[3];
    await pass(6000);
    expect(asked().at(-1)).toBe('rebuild relay');
    expect(path.view.value.state).toBe('connected');
  });

  test('that worked gets two more PeerConnections before the next is tried', async () => {
    const { peer, asked, world, pass } = await connected();
    world.connects = () => false;
    breaks(peer(0), 'failed');
    await pass(40_000);
    expect(asked()).toEqual([
      'restart 1',
      'rebuild normal',
      'rebuild normal',
      'rebuild active',
      'rebuild relay',
      'rebuild audio',
    ]);
  });

  test('are tried for ever, ever more calmly, and one PeerConnection at a time', async () => {
    const { path, peers, pass } = setup();
    await path.begin();
    await path.accept('answer');
    await pass(60_000);
    expect(path.view.value.state).toBe('hopeless');
    const then = peers.length;
    await pass(600_000);
    expect(peers.length).toBeGreaterThan(then + 20);
    expect(peers.length).toBeLessThan(then + 90);
    expect(peers.filter((p) => !p.closed)).toHaveLength(1);
  });

  test('a pause between rounds ends at the first word of the platform', async () => {
    const { path, peers, world, pass } = setup('normal', false);
    await path.begin();
    await path.accept('answer');
    await pass(16_400); // normal, active, and the pause
    const then = peers.length;
    world.connects = () => true;
    path.check('online');
    await pass(100);
    expect(peers).toHaveLength(then + 1);
    expect(path.view.value.state).toBe('connected');
  });

  test('a browser that can make no offer does not spin', async () => {
    const { path, peers, world, pass } = await connected();
    world.reply = { after: 1, give: new Refused({ code: 'bad_offer', action: '' }) };
    const add = peers.push.bind(peers);
    peers.push = (...fresh) => {
      for (const p of fresh) p.broken = true;
      return add(...fresh);
    };
    breaks(peers[0] as FakePeer, 'failed');
    await pass(60_000);
    expect(peers.length).toBeLessThan(40);
    expect(path.view.value.state).toBe('hopeless');
  });
});

describe('orders of things', () => {
  test('socket lost, path lost, path back by POST, socket back: one new PeerConnection', async () => {
    const { path, peer, peers, asked, pass } = await connected();
    path.alarm();
    breaks(peer(0));
    await pass(1000);
    expect(path.view.value.state).toBe('connected');
    path.check('socket');
    await pass(20_000);
    expect(asked()).toEqual(['rebuild normal']);
    expect(peers.filter((p) => !p.closed)).toHaveLength(1);
  });

  test('path lost, socket lost, socket back, path back: one restart', async () => {
    const { path, peer, asked, world, pass } = await connected();
    world.reply = never;
    breaks(peer(0));
    await pass(1400);
    path.alarm();
    await pass(200);
    world.reply = { after: 20, give: 'answer' };
    path.check('socket');
    await pass(20_000);
    expect(new Set(asked())).toEqual(new Set(['restart 1']));
    expect(path.view.value.state).toBe('connected');
  });

  test('socket lost and back, path untouched: nothing', async () => {
    const { path, asked, pass } = await connected();
    for (let i = 0; i < 10; i++) {
      path.alarm();
      await pass(3000);
      path.check('socket');
      await pass(1000);
    }
    expect(asked()).toEqual([]);
  });

  test('a path under repair is never told as working', async () => {
    const { path, peer, world, pass } = await connected();
    world.connects = (p) => p !== peer(0);
    const seen: string[] = [];
    path.view.subscribe((view) => seen.push(view.state));
    breaks(peer(0), 'failed');
    await pass(5000);
    expect(seen).toEqual(['connected', 'interrupted', 'connected']);
  });

  test('a rebuild that the network ate is sent again', async () => {
    const { path, peer, peers, asked, world, pass } = await connected();
    world.connects = (p) => p !== peer(0);
    breaks(peer(0), 'failed');
    await pass(3900);
    world.reply = never;
    await pass(6000);
    world.reply = { after: 20, give: 'answer' };
    await pass(3000);
    expect(new Set(asked())).toEqual(new Set(['restart 1', 'rebuild normal']));
    expect(path.view.value.state).toBe('connected');
    expect(peers.filter((p) => !p.closed)).toHaveLength(1);
  });
});

test('a path that carries nothing is restarted, and the second time made anew', async () => {
  const { path, asked, pass } = await connected();
  path.distrust();
  await pass(2000);
  path.distrust();
  await pass(2000);
  expect(asked()).toEqual(['restart 1', 'rebuild normal']);
});

test('a session that began without one gets a PeerConnection on demand', async () => {
  const { path, world, asked, pass } = setup();
  world.connects = () => true;
  path.demand();
  path.demand();
  await pass(200);
  expect(asked()).toEqual(['rebuild normal']);
  expect(path.view.value.state).toBe('connected');
});

test('closed means that nothing is asked any more', async () => {
  const { path, peer, asked, world, pass } = await connected();
  world.reply = never;
  breaks(peer(0), 'failed');
  await pass(100);
  path.close();
  await pass(60_000);
  expect(asked()).toEqual(['restart 1']);
  expect(path.view.value.state).toBe('none');
  expect(peer(0).closed).toBe(true);
});
