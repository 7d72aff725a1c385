import { expect, test } from 'vitest';
import type { DeviceAccess } from '../protocol/types';
import { DeviceDoors } from './doors';

const access: DeviceAccess = { publish: { url: 'https://meet.example.kr/whip/b1', token: 'k1' } };

test('the token is asked for when somebody looks, and forgotten when they do not', async () => {
  let asked = 0;
  const doors = new DeviceDoors({
    read: async () => {
      asked += 1;
      return access;
    },
    codeOf: () => null,
  });
  expect(asked).toBe(0);
  doors.open();
  doors.open();
  expect(doors.doors.value).toEqual({ state: 'loading' });
  await Promise.resolve();
  expect(doors.doors.value).toEqual({ state: 'shown', access });
  expect(asked).toBe(1);
  doors.close();
  expect(doors.doors.value).toEqual({ state: 'closed' });
});

test('an answer that comes after closing is not kept', async () => {
  const doors = new DeviceDoors({ read: async () => access, codeOf: () => null });
  doors.open();
  doors.close();
  await Promise.resolve();
  await Promise.resolve();
  expect(doors.doors.value).toEqual({ state: 'closed' });
});

test('a refusal is shown and can be tried again', async () => {
  let good = false;
  const doors = new DeviceDoors({
    read: async () => {
      if (good) return access;
      throw new Error('no');
    },
    codeOf: () => 'forbidden',
  });
  doors.open();
  await Promise.resolve();
  await Promise.resolve();
  expect(doors.doors.value).toEqual({ state: 'failed', code: 'forbidden' });
  good = true;
  doors.open();
  await Promise.resolve();
  expect(doors.doors.value.state).toBe('shown');
});
