import { expect, test } from 'vitest';
import { Refused, Unreachable } from '../protocol/failure';
import { openLink, parseLink, tabTokens } from './link';

test('a link is an id in the path and a secret in the fragment', () => {
  expect(parseLink('/j/abc', '#s3cret')).toEqual({ id: 'abc', secret: 's3cret' });
  expect(parseLink('/j/abc/', '#s')).toEqual({ id: 'abc', secret: 's' });
  expect(parseLink('/j/abc', '')).toBeNull();
  expect(parseLink('/', '#s')).toBeNull();
  expect(parseLink('/j/a/b', '#s')).toBeNull();
});

const forbidden = (): Storage => {
  throw new DOMException('no storage', 'SecurityError');
};
const link = { id: 'abc', secret: 's' };

test('the secret goes into the body, never into the address', async () => {
  const calls: [string, RequestInit][] = [];
  const fetcher = (async (url: string, init: RequestInit) => {
    calls.push([url, init]);
    return Response.json({ token: 't1' });
  }) as unknown as typeof fetch;
  const tokens = tabTokens(forbidden);
  await openLink(link, tokens, fetcher);
  await openLink(link, tokens, fetcher);
  expect(calls.map(([url]) => url)).toEqual(['/api/v1/links/abc/open', '/api/v1/links/abc/open']);
  expect(JSON.parse(String(calls[0]?.[1].body))).toEqual({ secret: 's' });
  expect(JSON.parse(String(calls[1]?.[1].body))).toEqual({ secret: 's', token: 't1' });
});

test('a problem of the server is a refusal', async () => {
  const fetcher = (async () =>
    Response.json({ code: 'link_revoked', action: 'stop', status: 410 }, { status: 410 })) as typeof fetch;
  const error = await openLink(link, tabTokens(forbidden), fetcher).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(Refused);
  expect(error).toMatchObject({ code: 'link_revoked' });
});

test("a hotel's sign-in page is nobody", async () => {
  const fetcher = (async () => new Response('<html>Welcome</html>')) as typeof fetch;
  await expect(openLink(link, tabTokens(forbidden), fetcher)).rejects.toBeInstanceOf(Unreachable);
});

test('a proxy that answers for the server is nobody', async () => {
  const fetcher = (async () => Response.json({ message: 'bad gateway' }, { status: 502 })) as typeof fetch;
  await expect(openLink(link, tabTokens(forbidden), fetcher)).rejects.toBeInstanceOf(Unreachable);
});
