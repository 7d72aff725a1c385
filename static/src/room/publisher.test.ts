import { expect, test } from 'vitest';
import { Refused, Unreachable } from '../protocol/failure';
import type { SetSource, SourceName } from '../protocol/types';
import { Publisher } from './publisher';

const track = (id: string) => ({ id }) as MediaStreamTrack;
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

function setup(answer: (change: SetSource) => Promise<void> = async () => undefined) {
  const log: string[] = [];
  const refused: SourceName[] = [];
  const publisher = new Publisher({
    tell: (change) => {
      log.push(`tell ${change.source} ${change.on ? 'on' : 'off'}${change.resting ? ' resting' : ''}`);
      return answer(change);
    },
    refused: (source) => refused.push(source),
  });
  const outlet = {
    send: async (source: SourceName, t: MediaStreamTrack | null) => {
      log.push(`send ${source} ${t?.id ?? 'nothing'}`);
    },
  };
  return { publisher, outlet, log, refused };
}

test('in the lobby nothing is sent and nobody is told', async () => {
  const { publisher, log } = setup();
  publisher.set('microphone', track('m'));
  await turn();
  expect(log).toEqual([]);
  expect(publisher.sources()).toEqual(['microphone']);
});

test('entering sends what is wanted, and says nothing that join has said', async () => {
  const { publisher, outlet, log } = setup();
  publisher.set('microphone', track('m'));
  publisher.set('camera', null);
  publisher.enter(outlet, publisher.sources());
  await turn();
  expect(log).toEqual(['send microphone m']);
});

test('a device that was ready only after join is told on', async () => {
  const { publisher, outlet, log } = setup();
  publisher.enter(outlet, []);
  publisher.set('camera', track('c'));
  await turn();
  expect(log).toEqual(['send camera c', 'tell camera on']);
});

test('off stops at the server before it stops here', async () => {
  const { publisher, outlet, log } = setup();
  publisher.set('camera', track('c'));
  publisher.enter(outlet, ['camera']);
  await turn();
  log.length = 0;
  publisher.set('camera', null);
  await turn();
  expect(log).toEqual(['tell camera off', 'send camera nothing']);
});

test('another camera is no news for the server', async () => {
  const { publisher, outlet, log } = setup();
  publisher.set('camera', track('c'));
  publisher.enter(outlet, ['camera']);
  await turn();
  log.length = 0;
  publisher.set('camera', track('d'));
  await turn();
  expect(log).toEqual(['send camera d']);
});

test('on and off in one breath never ends with on', async () => {
  const { publisher, outlet, log } = setup();
  publisher.enter(outlet, []);
  publisher.set('microphone', track('m'));
  publisher.set('microphone', null);
  await turn();
  expect(log.filter((l) => l.startsWith('tell')).at(-1)).not.toBe('tell microphone on');
  expect(log.at(-1)).toBe('send microphone nothing');
});

test('after a resume everything is told again', async () => {
  const { publisher, outlet, log } = setup(async () => {
    throw new Unreachable('gone');
  });
  publisher.set('microphone', track('m'));
  publisher.enter(outlet, ['microphone']);
  publisher.set('microphone', null);
  await turn();
  log.length = 0;
  publisher.retell();
  expect(log).toEqual(['tell microphone off']);
});

test('a refused screen is told to its owner, an unanswered one is not', async () => {
  const no = setup(async () => {
    throw new Refused({ code: 'forbidden', action: '' });
  });
  no.publisher.enter(no.outlet, []);
  no.publisher.set('screen', track('s'));
  await turn();
  expect(no.refused).toEqual(['screen']);
});

test('leaving the room stops what is sent', async () => {
  const { publisher, outlet, log } = setup();
  publisher.set('camera', track('c'));
  publisher.enter(outlet, ['camera']);
  await turn();
  log.length = 0;
  publisher.leave();
  publisher.set('camera', track('d'));
  await turn();
  expect(log).toEqual(['send camera nothing']);
});

test('a camera that rests is on and not sent, and the others are told; then it comes back', async () => {
  const { publisher, outlet, log } = setup();
  publisher.set('camera', track('c'));
  publisher.enter(outlet, ['camera']);
  await turn();
  log.length = 0;
  publisher.rest('camera', true);
  publisher.rest('camera', true);
  await turn();
  expect(log).toEqual(['tell camera on resting', 'send camera nothing']);
  expect(publisher.sources()).toEqual(['camera']);
  log.length = 0;
  publisher.rest('camera', false);
  await turn();
  expect(log).toEqual(['send camera c', 'tell camera on']);
});

test('another camera rests as the one before did, and off is off', async () => {
  const { publisher, outlet, log } = setup();
  publisher.set('camera', track('c'));
  publisher.enter(outlet, ['camera']);
  publisher.rest('camera', true);
  await turn();
  log.length = 0;
  publisher.set('camera', track('d'));
  publisher.set('camera', null);
  await turn();
  expect(log).toEqual(['send camera nothing', 'tell camera off', 'send camera nothing']);
});

test('on a new PeerConnection what rests goes on resting, and is told again', async () => {
  const { publisher, outlet, log } = setup();
  publisher.set('camera', track('c'));
  publisher.rest('camera', true);
  publisher.enter(outlet, publisher.sources());
  await turn();
  expect(log).toEqual(['tell camera on resting', 'send camera nothing']);
});

test('who is away sends nothing, and on and off stay as they were', async () => {
  const { publisher, outlet, log } = setup();
  publisher.set('microphone', track('m'));
  publisher.set('camera', null);
  publisher.enter(outlet, ['microphone']);
  await turn();
  log.length = 0;
  publisher.hush(true);
  await turn();
  expect(log).toEqual(['send microphone nothing']);
  log.length = 0;
  publisher.set('camera', track('c')); // switched on while away
  await turn();
  expect(log).toEqual(['send camera nothing', 'tell camera on']);
  log.length = 0;
  publisher.hush(false);
  await turn();
  expect(log).toEqual(['send microphone m', 'send camera c']);
});

test('away on a new PeerConnection nothing is sent either, until the way is back', async () => {
  const { publisher, outlet, log } = setup();
  publisher.set('microphone', track('m'));
  publisher.hush(true);
  publisher.enter(outlet, publisher.sources());
  await turn();
  publisher.hush(false);
  await turn();
  expect(log).toEqual(['send microphone nothing', 'send microphone m']);
});
