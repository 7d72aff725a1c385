import { expect, test } from 'vitest';
import { type Encoder, Encodings } from './encodings';

type Parameters = ReturnType<Encoder['getParameters']>;

function setup(rids: readonly string[], takes: (parameters: Parameters) => boolean = () => true) {
  const codecs = [
    { mimeType: 'video/VP8', clockRate: 90_000, payloadType: 96 },
    { mimeType: 'video/VP9', clockRate: 90_000, payloadType: 98 },
  ];
  let parameters = { codecs, encodings: rids.map((rid) => ({ rid })) } as unknown as Parameters;
  const world = { writes: 0, open: 0, most: 0 };
  const encodings = new Encodings({
    getParameters: () => structuredClone(parameters),
    setParameters: async (next) => {
      world.writes += 1;
      world.open += 1;
      world.most = Math.max(world.most, world.open);
      await Promise.resolve();
      world.open -= 1;
      if (!takes(next as Parameters)) throw new DOMException('no', 'InvalidModificationError');
      parameters = structuredClone(next) as Parameters;
    },
  });
  const active = () => parameters.encodings.filter((e) => e.active ?? true).map((e) => e.rid ?? '');
  const codec = () => parameters.encodings.map((e) => e.codec?.mimeType ?? '');
  return { encodings, world, active, codec };
}

test('layers that nobody watches are not sent, and come back', async () => {
  const { encodings, active, world } = setup(['q', 'h', 'f']);
  await encodings.layers(['q']);
  expect(active()).toEqual(['q']);
  await encodings.layers(['q', 'f']);
  expect(active()).toEqual(['q', 'f']);
  await encodings.layers(['q', 'f']);
  expect(world.writes).toBe(2);
});

test('R65: of a sender without layers nothing stops', async () => {
  const { encodings, world } = setup(['']);
  await encodings.layers([]);
  expect(world.writes).toBe(0);
});

test('R65: one layer at least goes on', async () => {
  const { encodings, active } = setup(['q', 'h', 'f']);
  await encodings.layers([]);
  expect(active()).toEqual(['q', 'h', 'f']);
});

test('two writers do not undo each other', async () => {
  const { encodings, active, codec, world } = setup(['q', 'h']);
  await Promise.all([encodings.layers(['q']), encodings.codec('video/vp9'), encodings.layers(['q', 'h'])]);
  expect(world.most).toBe(1);
  expect(active()).toEqual(['q', 'h']);
  expect(codec()).toEqual(['video/VP9', 'video/VP9']);
  await encodings.codec(null);
  expect(codec()).toEqual(['', '']);
});

test('what a browser does not take stays, and the next wish is tried all the same', async () => {
  const { encodings, active } = setup(['q', 'h'], ({ encodings: all }) => all.every((e) => !e.codec));
  await encodings.codec('video/VP9');
  await encodings.layers(['q']);
  expect(active()).toEqual(['q']);
});
