import type { IceServer, Probed, ProbeRoute } from '../protocol/types';

/** The ways of media through a firewall, the fastest first. */
export type Way = 'udp' | 'tcp' | 'tls';

/** What a try needs of a ProbePeer. */
export interface Prober {
  offer(): Promise<string>;
  accept(answer: string): Promise<void>;
  connected(within: number): Promise<boolean>;
  close(): void;
}

export interface WayProbeDeps {
  servers(): readonly IceServer[];
  make(servers: readonly IceServer[], relayed: boolean): Prober;
  ask(probe: { offer: string; route: ProbeRoute }): Promise<Probed>;
}

/** WayProbe tries one way of media by a PeerConnection of its own, beside the one in use. */
export class WayProbe {
  private readonly deps: WayProbeDeps;

  constructor(deps: WayProbeDeps) {
    this.deps = deps;
  }

  /** Whether it connects within these milliseconds; null when nobody let it be tried, or the server has no such way. */
  async try(way: Way, within: number, abort: AbortSignal): Promise<boolean | null> {
    const servers = way === 'tls' ? overTLS(this.deps.servers()) : [];
    if (way === 'tls' && servers.length === 0) return null;
    // No servers: with a relay at hand, its way around would be taken for this one.
    const peer = this.deps.make(servers, way === 'tls');
    const close = () => peer.close();
    abort.addEventListener('abort', close, { once: true });
    try {
      const answer = await soon(this.ask(peer, way), within, abort);
      if (answer === null || abort.aborted) return null;
      await peer.accept(answer);
      return await soon(peer.connected(within), within, abort);
    } catch {
      return null;
    } finally {
      abort.removeEventListener('abort', close);
      close();
    }
  }

  private async ask(peer: Prober, way: Way): Promise<string> {
    // By TLS the relay stands beside the media port, and reaches it by UDP.
    const route = way === 'tcp' ? 'tcp' : 'udp';
    return (await this.deps.ask({ offer: await peer.offer(), route })).answer;
  }
}

/** The relays that are reached by TLS, and by that alone. */
function overTLS(servers: readonly IceServer[]): IceServer[] {
  return servers.flatMap((server) => {
    const urls = server.urls.filter((url) => url.startsWith('turns:'));
    return urls.length > 0 ? [{ ...server, urls }] : [];
  });
}

/** soon waits no longer than this; null when it was in vain. */
export function soon<T>(promise: Promise<T>, within: number, abort: AbortSignal): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      abort.removeEventListener('abort', give);
    };
    const give = () => {
      end();
      resolve(null);
    };
    const timer = setTimeout(give, within);
    abort.addEventListener('abort', give, { once: true });
    if (abort.aborted) give();
    promise.then(
      (value) => {
        end();
        resolve(value);
      },
      (error: unknown) => {
        end();
        reject(error);
      },
    );
  });
}
