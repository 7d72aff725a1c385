import { isPassing } from '../protocol/codes';
import { Refused, Unreachable } from '../protocol/failure';
import type { Restart, Restarted } from '../protocol/types';
import { refusal } from './link';

/** The right to a session. */
export interface Identity {
  session: string;
  secret: string;
}

export interface MenderDeps {
  identity(): Identity | null;
  /** asks over the present socket; fails at once when there is none */
  ask(restart: Restart): Promise<Restarted>;
  /** counts sockets */
  socket(): number;
  fetcher: typeof fetch;
  /** null where the browser cannot */
  deflate(text: string): Promise<ArrayBuffer | null>;
  /** milliseconds, null while unknown */
  roundTrip(): number | null;
}

/**
 * Mender has an offer answered whichever way is quicker: over the socket, which may be dead without knowing it, and by a
 * request of its own, which opens a connection on the network of this moment. The server answers the same offer
 * alike, however often it comes.
 */
export class Mender {
  private readonly deps: MenderDeps;
  private posts = 0;
  private asked: { offer: string; socket: number; answer: Promise<string> } | null = null;

  constructor(deps: MenderDeps) {
    this.deps = deps;
  }

  mend(restart: Restart): Promise<string> {
    return firstAnswer([this.bySocket(restart), this.byPost(restart)]);
  }

  /** What a socket has been told is not said again on it: it is lost with the socket, or arrives. */
  private bySocket(restart: Restart): Promise<string> {
    const socket = this.deps.socket();
    if (this.asked?.offer === restart.offer && this.asked.socket === socket) return this.asked.answer;
    const answer = this.deps.ask(restart).then((restarted) => restarted.answer);
    this.asked = { offer: restart.offer, socket, answer };
    answer.catch(() => {
      if (this.asked?.answer === answer) this.asked = null;
    });
    return answer;
  }

  private async byPost(restart: Restart): Promise<string> {
    const identity = this.deps.identity();
    if (!identity) throw new Unreachable('no session');
    const { fetcher } = this.deps;
    const text = JSON.stringify({ ...restart, secret: identity.secret });
    const small = await this.deps.deflate(text).catch(() => null);
    // Browsers keep apart the connections of requests with and without credentials: of two tries one is on another
    // connection, should HTTP/2 hang on to one that is dead.
    const credentials: RequestCredentials = this.posts++ % 2 === 0 ? 'same-origin' : 'omit';
    let response: Response;
    let body: unknown;
    try {
      response = await fetcher(`/api/v1/sessions/${encodeURIComponent(identity.session)}/restart`, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/json',
          ...(small && { 'Content-Encoding': 'gzip' }),
        },
        body: small ?? text,
        cache: 'no-store',
        credentials,
        // Another try is due before; a connection that hangs on the old network is of no use to it.
        signal: AbortSignal.timeout(3000 + 4 * (this.deps.roundTrip() ?? 0)),
      });
      body = await response.json();
    } catch (cause) {
      throw new Unreachable('the server did not answer', { cause });
    }
    if (!response.ok) throw refusal(response, body);
    return (body as Restarted).answer;
  }
}

/**
 * firstAnswer gives the first answer. A no for good is one; a no of the moment waits for the others, which may have been
 * the reason for it.
 */
export function firstAnswer<T>(tries: readonly Promise<T>[]): Promise<T> {
  return new Promise((resolve, reject) => {
    let open = tries.length;
    let worst: unknown = new Unreachable('nobody was asked');
    for (const one of tries)
      one.then(resolve, (error: unknown) => {
        open -= 1;
        if (error instanceof Refused || !(worst instanceof Refused)) worst = error;
        const final =
          error instanceof Refused && (!isPassing(error.code) || error.code === 'session_unknown');
        if (final || open === 0) reject(worst);
      });
  });
}
