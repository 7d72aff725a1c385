import { Unreachable } from '../protocol/failure';
import { refusal } from './link';

export interface RestDeps {
  token(): string;
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
    let response: Response;
    try {
      response = await this.deps.fetcher(`/api/v1${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${this.deps.token()}` },
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
