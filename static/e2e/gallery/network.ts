/** What the lobby's network test found, in words and figures of a usual day. */
import type { NetworkTest } from '../../src/protocol/types';
import type { NetworkTrial } from '../../src/room/model';
import { verdictOf } from '../../src/room/networktest';

export const networkTest = (over: Partial<NetworkTest> = {}): NetworkTest => ({
  at: '2021-12-03T14:05:00Z',
  socket: 'passed',
  udp: 'passed',
  tcp: 'passed',
  tls: 'passed',
  path: 'normal',
  route: 'udp',
  rtt_ms: 184,
  jitter_ms: 6,
  loss_up: 0.002,
  loss_down: 0.011,
  up_kbps: 2400,
  down_kbps: 1350,
  ...over,
});

export function networkFound(over: Partial<NetworkTest> = {}): NetworkTrial {
  const test = networkTest(over);
  const measured = test.rtt_ms > 0;
  return {
    state: 'done',
    found: {
      test,
      verdict: verdictOf(test),
      upAtLeast: false,
      downAtLeast: test.down_kbps >= 300,
      lossUp: measured ? test.loss_up : null,
      lossDown: measured ? test.loss_down : null,
      socketRoundTrip: 186,
      device: { clockOffset: 400, microphone: 'heard' },
    },
  };
}
