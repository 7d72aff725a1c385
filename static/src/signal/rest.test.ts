import { expect, test } from 'vitest';
import { Refused, Unreachable } from '../protocol/failure';
import { Rest } from './rest';

function setup(...answers: (() => Response)[]) {
  const world = { token: 't1', asked: [] as [string, string][], distrusted: 0 };
  const rest = new Rest({
    token: async () => world.token,
    distrustToken: () => {
      world.distrusted += 1;
      world.token = 't2';
    },
    fetcher: async (path, init) => {
      world.asked.push([String(path), new Headers(init?.headers).get('Authorization') ?? '']);
      const answer = answers.shift();
      if (!answer) throw new TypeError('no network');
      return answer();
    },
  });
  return { world, rest };
}
const problem = (status: number, code: string) => () => Response.json({ code }, { status });

test('it speaks in the name of the link', async () => {
  const { world, rest } = setup(() => Response.json({ at: 1 }));
  expect(await (await rest.post('/me/consent', {})).json()).toEqual({ at: 1 });
  expect(world.asked).toEqual([['/api/v1/me/consent', 'Bearer t1']]);
});

test('a token that the server has forgotten is replaced, once', async () => {
  const { world, rest } = setup(problem(401, 'token_unknown'), () => new Response('ok'));
  expect(await (await rest.post('/qr', {})).text()).toBe('ok');
  expect(world.asked.map(([, token]) => token)).toEqual(['Bearer t1', 'Bearer t2']);
  const again = setup(problem(401, 'token_unknown'), problem(401, 'token_unknown'));
  await expect(again.rest.post('/qr', {})).rejects.toMatchObject({ code: 'token_unknown' });
  expect(again.world.distrusted).toBe(1);
});

test('no is Refused, no answer and a stranger on the way are Unreachable', async () => {
  await expect(setup(problem(403, 'forbidden')).rest.post('/qr', {})).rejects.toBeInstanceOf(Refused);
  await expect(setup().rest.post('/qr', {})).rejects.toBeInstanceOf(Unreachable);
  const stranger = setup(() => new Response('<html>', { status: 502 }));
  await expect(stranger.rest.post('/qr', {})).rejects.toBeInstanceOf(Unreachable);
});
