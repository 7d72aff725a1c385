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

/** Rest asks the server over HTTP in the name of this link. Failures are Refused or Unreachable, never a status. */
export class Rest {
  private readonly deps: RestDeps;

  constructor(deps: RestDeps) {
    this.deps = deps;
  }

  /** Posts JSON and gives back the answer, whose body is still to be read. */
  async post(path: string, body: unknown): Promise<Response> {
    try {
      return await this.postOnce(path, body);
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== 'token_unknown') throw error;
      this.deps.distrustToken();
      return this.postOnce(path, body);
    }
  }

  private async postOnce(path: string, body: unknown): Promise<Response> {
    const token = await this.deps.token();
    let response: Response;
    try {
      response = await this.deps.fetcher(`/api/v1${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
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
