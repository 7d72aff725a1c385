/** Why a microphone or a camera is not on although it was asked for. */
export type DeviceProblem = 'denied' | 'missing' | 'busy' | 'failed';

/** One kind of device, microphone or camera. */
export type DeviceState =
  | { state: 'off' } // not asked yet, or switched off by the person
  | { state: 'asking' }
  | { state: 'on'; label: string; deviceId: string }
  | { state: 'problem'; problem: DeviceProblem };

export interface DeviceChoice {
  deviceId: string;
  label: string;
}
