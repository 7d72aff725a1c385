import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ChoiceStore, choicesOf, Devices } from './devices';

class FakeTrack {
  enabled = true;
  readyState = 'live';
  onended: (() => void) | null = null;
  readonly kind: 'audio' | 'video';
  readonly deviceId: string;
  constructor(kind: 'audio' | 'video', deviceId: string) {
    this.kind = kind;
    this.deviceId = deviceId;
  }
  get label() {
    return `the ${this.deviceId}`;
  }
  getSettings() {
    return { deviceId: this.deviceId };
  }
  stop() {
    this.readyState = 'ended';
  }
}

class FakeStream {
  readonly tracks: FakeTrack[];
  constructor(tracks: FakeTrack[]) {
    this.tracks = tracks;
  }
  getTracks = () => this.tracks;
  getAudioTracks = () => this.tracks.filter((t) => t.kind === 'audio');
  getVideoTracks = () => this.tracks.filter((t) => t.kind === 'video');
}

beforeEach(() => vi.stubGlobal('MediaStream', FakeStream));
afterEach(() => vi.unstubAllGlobals());

function setup() {
  const plugged = { audioinput: ['mic1'], videoinput: ['cam1'] };
  const opened: FakeTrack[] = [];
  const listeners: (() => void)[] = [];
  const open = (kind: 'audio' | 'video', wish: unknown): FakeTrack[] => {
    if (!wish) return [];
    const list = kind === 'audio' ? plugged.audioinput : plugged.videoinput;
    const exact = (wish as { deviceId?: { exact: string } }).deviceId?.exact;
    const found = exact ? list.find((d) => d === exact) : list[0];
    if (!found) throw new DOMException('no', exact ? 'OverconstrainedError' : 'NotFoundError');
    const track = new FakeTrack(kind, found);
    opened.push(track);
    return [track];
  };
  const media = {
    getUserMedia: async (wish: MediaStreamConstraints) =>
      new FakeStream([...open('audio', wish.audio), ...open('video', wish.video)]),
    enumerateDevices: async () =>
      (['audioinput', 'videoinput'] as const).flatMap((kind) =>
        plugged[kind].map((deviceId) => ({ kind, deviceId, label: `the ${deviceId}` })),
      ),
    addEventListener: (_: string, listener: () => void) => listeners.push(listener),
  };
  const chosen = new Map<string, string>();
  const choices: ChoiceStore = {
    get: (kind) => chosen.get(kind) ?? null,
    set: (kind, deviceId) => void chosen.set(kind, deviceId),
  };
  const devices = new Devices({
    media: media as unknown as MediaDevices,
    choices,
    useSpeaker: async () => undefined,
  });
  const replug = async () => {
    for (const listener of listeners) listener();
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  const live = () => opened.filter((t) => t.readyState === 'live').map((t) => t.deviceId);
  return { devices, plugged, opened, replug, live };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

test('both are on after start, and a second start asks nobody', async () => {
  const { devices, opened } = setup();
  await Promise.all([devices.start(), devices.start()]);
  expect(devices.microphone.value).toEqual({ state: 'on', label: 'the mic1', deviceId: 'mic1' });
  expect(devices.camera.value).toMatchObject({ state: 'on', deviceId: 'cam1' });
  expect(devices.preview.value).not.toBeNull();
  expect(opened).toHaveLength(2);
});

test('camera off lets the camera go, so that its lamp goes out', async () => {
  const { devices, live } = setup();
  await devices.start();
  await devices.toggle('camera');
  expect(devices.camera.value).toEqual({ state: 'off' });
  expect(devices.outgoing('camera').value).toBeNull();
  expect(devices.preview.value).toBeNull();
  expect(live()).toEqual(['mic1']);
  await devices.toggle('camera');
  expect(devices.camera.value.state).toBe('on');
});

test('a muted microphone sends nothing and is back without asking', async () => {
  const { devices, opened } = setup();
  await devices.start();
  await devices.toggle('microphone');
  expect(devices.outgoing('microphone').value).toBeNull();
  expect(opened[0]?.enabled).toBe(false);
  await devices.toggle('microphone');
  expect(devices.outgoing('microphone').value).toBe(opened[0]);
  expect(opened[0]?.enabled).toBe(true);
  expect(opened).toHaveLength(2);
});

test('another camera replaces the first, which is let go', async () => {
  const { devices, plugged, live } = setup();
  plugged.videoinput.push('cam2');
  await devices.start();
  await devices.choose('camera', 'cam2');
  expect(devices.camera.value).toMatchObject({ state: 'on', deviceId: 'cam2' });
  expect(live()).toEqual(['mic1', 'cam2']);
});

test('choosing a camera that is off does not switch it on', async () => {
  const { devices, plugged, live } = setup();
  plugged.videoinput.push('cam2');
  await devices.start();
  await devices.toggle('camera');
  await devices.choose('camera', 'cam2');
  expect(devices.camera.value).toEqual({ state: 'off' });
  await devices.toggle('camera');
  expect(live()).toEqual(['mic1', 'cam2']);
});

test('an unplugged camera gives way to another, or is told missing until one comes', async () => {
  const { devices, plugged, opened, replug } = setup();
  await devices.start();
  plugged.videoinput = [];
  opened[1]?.stop();
  opened[1]?.onended?.();
  await turn();
  expect(devices.camera.value).toEqual({ state: 'problem', problem: 'missing' });
  plugged.videoinput = ['cam2'];
  await replug();
  await turn();
  expect(devices.camera.value).toMatchObject({ state: 'on', deviceId: 'cam2' });
  expect(devices.cameras.value).toEqual([{ deviceId: 'cam2', label: 'the cam2' }]);
});

test('a microphone that was switched off stays off when it is unplugged', async () => {
  const { devices, opened, live } = setup();
  await devices.start();
  await devices.toggle('microphone');
  opened[0]?.stop();
  opened[0]?.onended?.();
  await turn();
  expect(devices.microphone.value).toEqual({ state: 'off' });
  expect(devices.outgoing('microphone').value).toBeNull();
  await devices.toggle('microphone');
  expect(devices.microphone.value).toMatchObject({ state: 'on' });
  expect(live()).toHaveLength(2);
});

test('a capture that was overtaken is thrown away', async () => {
  const { devices, plugged, live } = setup();
  plugged.videoinput.push('cam2');
  await devices.start();
  await Promise.all([devices.choose('camera', 'cam2'), devices.choose('camera', 'cam1')]);
  await turn();
  expect(live()).toEqual(['mic1', 'cam1']);
  expect(devices.camera.value).toMatchObject({ deviceId: 'cam1' });
});

test('a rest lets go of both, and start brings back only what was on', async () => {
  const { devices, live } = setup();
  await devices.start();
  await devices.toggle('microphone');
  devices.rest();
  expect(live()).toEqual([]);
  await devices.start();
  expect(devices.microphone.value).toEqual({ state: 'off' });
  expect(devices.camera.value.state).toBe('on');
  expect(live()).toEqual(['cam1']);
});

test('devices without a name are no choice: there was no permission yet', () => {
  const list = [
    { kind: 'audioinput', deviceId: '', label: '' },
    { kind: 'audioinput', deviceId: 'a', label: 'A' },
  ] as MediaDeviceInfo[];
  expect(choicesOf(list, 'audioinput')).toEqual([{ deviceId: 'a', label: 'A' }]);
});
