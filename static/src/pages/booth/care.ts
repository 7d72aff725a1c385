import type { Health } from '../../protocol/types';
import type { Connection, DeviceState } from '../../room/model';

/** What ails a booth's screen; words and remedy are in i18n under care. */
export type Care =
  | 'lost'
  | 'microphone_off'
  | 'microphone_silent'
  | 'camera_off'
  | 'camera_frozen'
  | 'camera_dark'
  | 'microphone_clipping'
  | 'echo'
  | 'network';

export interface Facts {
  connection: Connection;
  microphone: DeviceState;
  camera: DeviceState;
  /** null until something was measured */
  health: Health | null;
  now: number;
}

/** A break this short mends itself. */
const patience = 5000;
/** Beyond these a voice breaks up (ITU-T G.114 for the way there and back). */
const weakLoss = 0.05;
const slowRtt = 400;

/** careOf is the worst of all, since people mend one thing at a time: sound comes before the picture. */
export function careOf({ connection, microphone, camera, health, now }: Facts): Care | null {
  if (connection.state === 'reconnecting') {
    return now - connection.since > patience ? 'lost' : null;
  }
  if (microphone.state === 'off') return 'microphone_off';
  if (microphone.state === 'on' && health?.microphone === 'silent') return 'microphone_silent';
  if (camera.state === 'off') return 'camera_off';
  if (camera.state === 'on' && health?.camera === 'frozen') return 'camera_frozen';
  if (camera.state === 'on' && health?.camera === 'dark') return 'camera_dark';
  if (microphone.state === 'on' && health?.microphone === 'clipping') return 'microphone_clipping';
  if (health?.echo) return 'echo';
  return health && (health.loss > weakLoss || health.rtt_ms > slowRtt) ? 'network' : null;
}
