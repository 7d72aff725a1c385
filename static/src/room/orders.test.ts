import { signal } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DeviceState } from '../media/device';
import type { Diagnostics, Order, SendReport } from '../protocol/types';
import type { DevicesModel } from './model';
import { Orders } from './orders';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const run = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const on = (deviceId: string): DeviceState => ({ state: 'on', label: deviceId, deviceId });

function setup() {
  const world = {
    reports: [] as SendReport[],
    chosen: [] as string[],
    toggled: [] as string[],
    stopped: 0,
    broken: '' as string,
    gain: 100,
    cameIn: [] as (string | null)[],
    down: false,
  };
  const microphone = signal<DeviceState>(on('m1'));
  const camera = signal<DeviceState>({ state: 'off' });
  const choice = (id: string) => ({ deviceId: id, label: `the ${id}` });
  const devices: Partial<DevicesModel> = {
    microphone,
    camera,
    microphones: signal([choice('m1'), choice('m2')]),
    cameras: signal([choice('c1')]),
    speakers: signal([choice('s1')]),
    speaker: signal('s1'),
    toggle: async (kind) => {
      world.toggled.push(kind);
      microphone.value = { state: 'off' };
    },
    choose: async (kind, id) => {
      world.chosen.push(`${kind} ${id}`);
      if (kind === 'microphone')
        microphone.value = id === world.broken ? { state: 'problem', problem: 'busy' } : on(id);
    },
  };
  const orders = new Orders({
    devices: devices as DevicesModel,
    canChooseSpeaker: true,
    gain: {
      get percent() {
        return world.gain;
      },
      set: (percent) => {
        world.gain = percent;
        return true;
      },
    },
    stopShare: () => {
      world.stopped += 1;
    },
    diagnose: async () => ({ browser: 'B' }) as Diagnostics,
    report: async (report) => {
      world.reports.push(report);
      if (world.down) throw new Error('no socket');
    },
    comeIn: (consultation) => world.cameIn.push(consultation),
  });
  let id = 0;
  const order = async (over: Partial<Order> & Pick<Order, 'kind'>) => {
    id += 1;
    orders.changed([{ order: { id: `o${id}`, by: 'Kim', ...over } }]);
    await run(10);
  };
  return { orders, world, microphone, order };
}

test('mute switches the microphone off here, too, and says who wanted it', async () => {
  const { orders, world, order } = setup();
  await order({ kind: 'mute', source: 'microphone' });
  expect(world.toggled).toEqual(['microphone']);
  expect(orders.told.value).toEqual({
    id: 'o1',
    kind: 'mute',
    by: 'Kim',
    source: 'microphone',
    outcome: 'done',
  });
  await order({ kind: 'mute', source: 'microphone' }); // it is off: nothing may switch it on
  expect(world.toggled).toEqual(['microphone']);
});

test('mute of a screen ends the sharing', async () => {
  const { world, order } = setup();
  await order({ kind: 'mute', source: 'screen' });
  expect(world.stopped).toBe(1);
});

test('an order that is told twice is done once', async () => {
  const { orders, world } = setup();
  const twice = { order: { id: 'x', kind: 'mute', by: 'Kim', source: 'screen' } as Order };
  orders.changed([twice]);
  orders.changed([twice]);
  await run(10);
  expect([world.stopped, world.reports.length]).toEqual([1, 1]);
});

test('a device is chosen if it is there', async () => {
  const { world, order } = setup();
  await order({ kind: 'microphone', device: 'm2' });
  await order({ kind: 'camera', device: 'elsewhere' });
  await order({ kind: 'speaker', device: 's1' });
  expect(world.chosen).toEqual(['microphone m2', 'speaker s1']);
  expect(world.reports).toEqual([
    { order: 'o1' },
    { order: 'o2', failed: 'no_such_device' },
    { order: 'o3' },
  ]);
});

test('a device that does not start gives way to the one before', async () => {
  const { orders, world, order, microphone } = setup();
  world.broken = 'm2';
  await order({ kind: 'microphone', device: 'm2' });
  expect(world.chosen).toEqual(['microphone m2', 'microphone m1']);
  expect(microphone.value).toMatchObject({ state: 'on', deviceId: 'm1' });
  expect(world.reports).toEqual([{ order: 'o1', failed: 'failed' }]);
  expect(orders.told.value?.outcome).toBe('failed');
});

test('devices are told with what is chosen, bounded', async () => {
  const { world, order } = setup();
  world.gain = 150;
  await order({ kind: 'devices' });
  expect(world.reports[0]?.devices).toEqual({
    microphones: [
      { id: 'm1', label: 'the m1' },
      { id: 'm2', label: 'the m2' },
    ],
    cameras: [{ id: 'c1', label: 'the c1' }],
    speakers: [{ id: 's1', label: 'the s1' }],
    microphone: 'm1',
    camera: '',
    speaker: 's1',
    gain: 150,
  });
});

test('an invitation stands until the person is in, and nothing is reported', async () => {
  const { orders, world, order } = setup();
  await order({ kind: 'come_in', consultation: 'a' });
  expect(orders.invitation.value).toEqual({ by: 'Kim' });
  expect([world.cameIn, world.reports]).toEqual([['a'], []]);
  orders.settled();
  expect(orders.invitation.value).toBeNull();
});

test('what was told goes by itself, or when it was read', async () => {
  const { orders, order } = setup();
  await order({ kind: 'gain', gain: 200 });
  expect(orders.told.value?.kind).toBe('gain');
  await run(15_000);
  expect(orders.told.value).toBeNull();
  await order({ kind: 'gain', gain: 100 });
  orders.close();
  expect(orders.told.value).toBeNull();
});

test('a socket that is down does not undo what was done', async () => {
  const { world, order } = setup();
  world.down = true;
  await order({ kind: 'gain', gain: 200 });
  expect(world.gain).toBe(200);
});
