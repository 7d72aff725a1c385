import { Refused, Unreachable } from '../protocol/failure';
import type { Bootstrap, Me, SignIn, SignInWays, StaffSession, StaffSessions } from '../protocol/types';
import { type Door, refusal, type TokenStore } from './link';

const timeout = 20_000;

/** StaffDoor asks the server by this browser's cookie, which it never sees. Failures are Refused or Unreachable. */
export class StaffDoor {
  private readonly fetcher: typeof fetch;

  constructor(fetcher: typeof fetch) {
    this.fetcher = fetcher;
  }

  ways(): Promise<SignInWays> {
    return this.ask('GET', '/sign-in');
  }

  async signIn(body: SignIn): Promise<void> {
    await this.send('POST', '/sign-in', body);
  }

  async signOut(): Promise<void> {
    await this.send('POST', '/sign-out', {});
  }

  me(): Promise<Me> {
    return this.ask('GET', '/staff/me');
  }

  async sessions(): Promise<StaffSession[]> {
    return (await this.ask<StaffSessions>('GET', '/staff/sessions')).sessions;
  }

  async endSession(id: string): Promise<void> {
    await this.send('POST', `/staff/sessions/${encodeURIComponent(id)}/end`, {});
  }

  async changePassphrase(old: string, next: string): Promise<void> {
    await this.send('POST', '/staff/passphrase', { old, new: next });
  }

  /** The door of one event: a token of this tab, and all that its page needs. */
  event(event: string): Door {
    return { open: (tokens) => this.open(event, tokens) };
  }

  private async open(event: string, tokens: TokenStore): Promise<Bootstrap> {
    const key = `staff.${event}`;
    const token = tokens.get(key);
    const bootstrap = await this.ask<Bootstrap>('POST', '/staff/open', token ? { event, token } : { event });
    tokens.set(key, bootstrap.token);
    return bootstrap;
  }

  private async ask<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
    const response = await this.send(method, path, body);
    try {
      return (await response.json()) as T;
    } catch (cause) {
      throw new Unreachable('not our server', { cause });
    }
  }

  private async send(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Response> {
    let response: Response;
    try {
      response = await this.fetcher(`/api/v1${path}`, {
        method,
        headers: { Accept: 'application/json', ...(body ? { 'Content-Type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
        cache: 'no-store',
        credentials: 'same-origin',
        signal: AbortSignal.timeout(timeout),
      });
    } catch (cause) {
      throw new Unreachable('the server did not answer', { cause });
    }
    if (!response.ok) throw refusal(response, await response.json().catch(() => null));
    return response;
  }
}

/** isSignedOut tells the answer to a cookie that is missing or worth nothing any more. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof Refused && error.code === 'sign_in_needed';
}
