import { expect, test } from 'vitest';
import { captureBoth, captureOne, constraintsFor, problemOf } from './capture';

const failure = (name: string) => new DOMException('no', name);
const track = (kind: string) => ({ kind }) as MediaStreamTrack;

/** Devices that answer each question with what `answer` says for its kinds. */
function fake(
  answer: (wish: MediaStreamConstraints) => MediaStreamTrack[],
): [MediaDevices, MediaStreamConstraints[]] {
  const asked: MediaStreamConstraints[] = [];
  const getUserMedia = async (wish: MediaStreamConstraints) => {
    asked.push(wish);
    const tracks = answer(wish);
    return {
      getTracks: () => tracks,
      getAudioTracks: () => tracks.filter((t) => t.kind === 'audio'),
      getVideoTracks: () => tracks.filter((t) => t.kind === 'video'),
    };
  };
  return [{ getUserMedia } as unknown as MediaDevices, asked];
}

test.each([
  ['NotAllowedError', 'denied'],
  ['SecurityError', 'denied'],
  ['NotFoundError', 'missing'],
  ['OverconstrainedError', 'missing'],
  ['NotReadableError', 'busy'],
  ['AbortError', 'busy'],
  ['TypeError', 'failed'],
])('%s is told as %s', (name, problem) => {
  expect(problemOf(failure(name))).toBe(problem);
});

test('both devices are one question', async () => {
  const [media, asked] = fake(() => [track('audio'), track('video')]);
  const both = await captureBoth(media, null, null);
  expect(asked).toHaveLength(1);
  expect(both).toMatchObject({
    microphone: { track: { kind: 'audio' } },
    camera: { track: { kind: 'video' } },
  });
});

test('a missing camera does not cost the microphone', async () => {
  const [media] = fake((wish) => {
    if (wish.video) throw failure('NotFoundError');
    return [track('audio')];
  });
  const both = await captureBoth(media, null, null);
  expect(both.microphone).toMatchObject({ track: { kind: 'audio' } });
  expect(both.camera).toEqual({ problem: 'missing' });
});

test('a chosen device that is gone falls back to any, and only a chosen one is demanded', async () => {
  const [media, asked] = fake((wish) => {
    const video = wish.video as MediaTrackConstraints;
    if (video.deviceId) throw failure('OverconstrainedError');
    return [track('video')];
  });
  expect(await captureOne(media, 'camera', 'gone')).toMatchObject({ track: { kind: 'video' } });
  expect(asked).toHaveLength(2);
  expect(JSON.stringify(constraintsFor('camera', null))).not.toContain('exact');
  expect(JSON.stringify(constraintsFor('microphone', null))).not.toContain('exact');
});

test('a denied device is not asked for again', async () => {
  const [media, asked] = fake(() => {
    throw failure('NotAllowedError');
  });
  expect(await captureOne(media, 'microphone', 'mine')).toEqual({ problem: 'denied' });
  expect(asked).toHaveLength(1);
});
