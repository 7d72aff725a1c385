import { Refused, Unreachable } from '../protocol/failure';
import { refusal } from './link';

export interface RestDeps {
  /** a token that is good, as far as is known */
  token(): Promise<string>;
  /** the server does not know that token any more */
  distrustToken(): void;
  fetcher: typeof fetch;
}

const timeout = 10_000;

interface Request {
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
}

/** Rest asks the server over HTTP in the name of this link. Failures are Refused or Unreachable, never a status. */
export class Rest {
  private readonly deps: RestDeps;

  constructor(deps: RestDeps) {
    this.deps = deps;
  }

  /** Posts JSON and gives back the answer, whose body is still to be read. */
  post(path: string, body: unknown): Promise<Response> {
    return this.ask(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  get(path: string): Promise<Response> {
    return this.ask(path, { method: 'GET', headers: {} });
  }

  private async ask(path: string, what: Request): Promise<Response> {
    try {
      return await this.askOnce(path, what);
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== 'token_unknown') throw error;
      this.deps.distrustToken();
      return this.askOnce(path, what);
    }
  }

  private async askOnce(path: string, { headers, ...what }: Request): Promise<Response> {
    const token = await this.deps.token();
    let response: Response;
    try {
      response = await this.deps.fetcher(`/api/v1${path}`, {
        ...what,
        headers: { ...headers, Authorization: `Bearer ${token}` },
        cache: 'no-store',
        credentials: 'omit',
        signal: AbortSignal.timeout(timeout),
      });
    } catch (cause) {
      throw new Unreachable('the server did not answer', { cause });
    }
    if (!response.ok) throw refusal(response, await response.json().catch(() => null));
    return response;
  }
}
