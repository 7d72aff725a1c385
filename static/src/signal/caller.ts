import { Unreachable } from '../protocol/failure';
import { refusal } from './link';

export interface CallerDeps {
  /** asked anew each time, because it may have been renewed */
  token(): string;
  fetcher: typeof fetch;
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** Asks the server over HTTP in the name of a console. Failures are Refused or Unreachable, never a status. */
export interface Caller {
  json<T>(method: Method, path: string, body?: Blob | object): Promise<T>;
  /** an answer whose body is of no use */
  done(method: Method, path: string, body?: object): Promise<void>;
  blob(method: Method, path: string, body?: object): Promise<Blob>;
}

// An import of a big file is checked and saved in one call.
const patience = 30_000;

/** createCaller asks below /api/v1 and a part of it, such as /events/ID. */
export function createCaller({ token, fetcher }: CallerDeps, part: string): Caller {
  const call = async (method: Method, path: string, accept: string, body?: Blob | object) => {
    const headers: Record<string, string> = { Authorization: `Bearer ${token()}`, Accept: accept };
    const request: RequestInit = {
      method,
      headers,
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(patience),
    };
    if (body !== undefined) {
      const raw = body instanceof Blob;
      headers['Content-Type'] = raw ? 'application/octet-stream' : 'application/json';
      request.body = raw ? body : JSON.stringify(body);
    }
    let response: Response;
    try {
      response = await fetcher(`/api/v1${part}${path}`, request);
    } catch (cause) {
      throw new Unreachable('the server did not answer', { cause });
    }
    if (!response.ok) throw refusal(response, await response.json().catch(() => null));
    return response;
  };
  return {
    async json(method, path, body) {
      const response = await call(method, path, 'application/json', body);
      try {
        return await response.json();
      } catch (cause) {
        // A hotel's sign-in page answers 200 with HTML: that is not our server.
        throw new Unreachable('not an answer of the server', { cause });
      }
    },
    async done(method, path, body) {
      await call(method, path, 'application/json', body);
    },
    async blob(method, path, body) {
      return (await call(method, path, '*/*', body)).blob();
    },
  };
}
