/** A wall, a helping hand and a steering wheel that stand still. */
import { signal } from '@preact/signals';
import type { Script, Vitals } from '../../src/protocol/types';
import type { BoardModel, DevicesModel, HelpState, OrdersModel, Steered } from '../../src/room/model';
import { face } from './faces';
import { time } from './fakes';

export type Steering = Pick<
  BoardModel,
  'staff' | 'storage' | 'crosstalk' | 'vitals' | 'wall' | 'help' | 'steer'
>;

export interface SteeringSetting {
  /** seats that have a picture */
  seats?: readonly string[];
  vitals?: ReadonlyMap<string, Vitals[]>;
  help?: HelpState;
  storage?: Partial<BoardModel['storage']['value']>;
  crosstalk?: BoardModel['crosstalk']['value'];
  staff?: BoardModel['staff']['value'];
  script?: Partial<Script>;
}

export function steeringOf(setting: SteeringSetting): Steering {
  const nothing = async () => undefined;
  const still = () => undefined;
  const pictures = new Map<string, MediaStream>();
  for (const [index, seat] of (setting.seats ?? []).entries()) {
    const picture = face(index % 6);
    if (picture) pictures.set(seat, picture);
  }
  return {
    staff: signal(
      setting.staff ?? [
        { id: 'a1', name: '김민지', right: 'coordinator', since: time(-120), rooms: 2 },
        { id: 'a2', name: '박서준', right: 'viewer', since: time(-30), rooms: 0 },
      ],
    ),
    storage: signal({ waiting: 0, affected: 0, disk_full: false, trial: false, ...setting.storage }),
    crosstalk: signal(setting.crosstalk ?? []),
    vitals: signal(setting.vitals ?? new Map<string, Vitals[]>()),
    wall: { show: still, pictures: signal(pictures), state: signal('on' as const) },
    help: {
      state: signal<HelpState>(setting.help ?? { mode: 'quiet' }),
      devices: quietDevices(),
      heard: signal(0.3),
      soundBlocked: signal(false),
      listen: still,
      speak: still,
      hush: still,
      quiet: still,
      allowSound: still,
    },
    steer: {
      mute: nothing,
      remove: nothing,
      admit: nothing,
      chooseDevice: nothing,
      gain: nothing,
      care: nothing,
      handOver: nothing,
      end: nothing,
      paper: nothing,
      askDevices: async () => ({
        microphones: [
          { id: 'm1', label: 'MacBook Microphone' },
          { id: 'm2', label: 'Jabra Speak 510' },
        ],
        cameras: [{ id: 'c1', label: 'FaceTime HD Camera' }],
        speakers: [{ id: 's1', label: 'MacBook Speakers' }],
        microphone: 'm1',
        camera: 'c1',
        speaker: 's1',
        gain: 100,
      }),
      diagnose: async () => ({
        browser: 'Chrome 142',
        system: 'Windows 11',
        screen: '1920×1080',
        network: 'wifi',
        route: 'udp host',
        rtt_ms: 182,
        sending: '1280×720 25/s 900 kbit/s',
        receiving: '1280×720 25/s 850 kbit/s',
        limited: 'none',
        lines: ['camera f 1280×720 25/s 900 kbit/s', 'microphone 32 kbit/s'],
      }),
      contact: async (_, contact) => ({
        id: 'k1',
        at: time(0),
        name: '김민지',
        role: contact.role,
        outcome: contact.outcome,
        ...(contact.minutes ? { minutes: contact.minutes } : {}),
      }),
      script: async (consultation) => ({
        consultation,
        cards: [],
        contacts: [],
        times: [],
        stand_bys: [],
        ...setting.script,
      }),
    },
  };
}

function quietDevices(): DevicesModel {
  const nothing = async () => undefined;
  return {
    microphone: signal({ state: 'off' as const }),
    camera: signal({ state: 'off' as const }),
    microphones: signal([]),
    cameras: signal([]),
    speakers: signal([]),
    speaker: signal(''),
    level: signal(0),
    preview: signal(null),
    start: nothing,
    toggle: nothing,
    choose: nothing,
  };
}

export function ordersOf(told: Steered | null, invitedBy: string | null): OrdersModel {
  return {
    told: signal(told),
    invitation: signal(invitedBy === null ? null : { by: invitedBy }),
    close: () => undefined,
  };
}
