import { Refused, Unreachable } from '../protocol/failure';
import type { Bootstrap, Code, WireError } from '../protocol/types';

/** A link as it stands in the address bar: the secret never travels in a GET. */
export interface LinkAddress {
  id: string;
  secret: string;
}

/** Reads /j/ID#SECRET; null when it is none. */
export function parseLink(pathname: string, hash: string): LinkAddress | null {
  const id = /^\/j\/([^/]+)\/?$/.exec(pathname)?.[1];
  const secret = hash.replace(/^#/, '');
  if (!id || !secret) return null;
  return { id: decodeURIComponent(id), secret: decodeURIComponent(secret) };
}

/** Where this tab, and no other, keeps its token. */
export interface TokenStore {
  get(link: string): string | null;
  set(link: string, token: string): void;
  drop(link: string): void;
}

/** Storage may be forbidden (private windows, strict settings): then the token lives with the page. */
export function tabTokens(storage: () => Storage): TokenStore {
  const memory = new Map<string, string>();
  const key = (link: string) => `sangdam.token.${link}`;
  const quietly = <T>(read: () => T): T | null => {
    try {
      return read();
    } catch {
      return null;
    }
  };
  return {
    get: (link) => memory.get(link) ?? quietly(() => storage().getItem(key(link))),
    set: (link, token) => {
      memory.set(link, token);
      quietly(() => storage().setItem(key(link), token));
    },
    drop: (link) => {
      memory.delete(link);
      quietly(() => storage().removeItem(key(link)));
    },
  };
}

/** A way to what a page needs before its socket: a link, or a sign-in. */
export interface Door {
  open(tokens: TokenStore): Promise<Bootstrap>;
}

/** linkDoor is the door of a link. */
export function linkDoor(link: LinkAddress, fetcher?: typeof fetch): Door {
  return { open: (tokens) => openLink(link, tokens, fetcher) };
}

const openTimeout = 10_000;

/** openLink exchanges the link's secret for this tab's token and all that a page needs before its socket. */
export async function openLink(
  link: LinkAddress,
  tokens: TokenStore,
  fetcher: typeof fetch = fetch,
): Promise<Bootstrap> {
  const token = tokens.get(link.id);
  let response: Response;
  let body: unknown;
  try {
    response = await fetcher(`/api/v1/links/${encodeURIComponent(link.id)}/open`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(token ? { secret: link.secret, token } : { secret: link.secret }),
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(openTimeout),
    });
    // A hotel's sign-in page answers 200 with HTML: that is not our server.
    body = await response.json();
  } catch (cause) {
    throw new Unreachable('the server did not answer', { cause });
  }
  if (!response.ok) throw refusal(response, body);
  const bootstrap = body as Bootstrap;
  tokens.set(link.id, bootstrap.token);
  return bootstrap;
}

/** refusal reads an RFC 9457 problem; its code is ours where the server itself answered. */
export function refusal(response: Response, body: unknown): Error {
  const problem = (body ?? {}) as Partial<WireError>;
  if (typeof problem.code === 'string') {
    const after = Number(response.headers.get('Retry-After'));
    const error: WireError = { ...problem, code: problem.code as Code };
    if (!error.retry_after_ms && after > 0) error.retry_after_ms = after * 1000;
    return new Refused(error);
  }
  return new Unreachable(`status ${response.status}`);
}
