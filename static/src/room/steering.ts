/** What a coordinator steers by, and what a steered page tells its person: view models like those of model.ts. */
import type { ReadonlySignal } from '@preact/signals';
import type { DeviceProblem } from '../media/device';
import type {
  Code,
  Contacted,
  ContactRequest,
  Devices,
  Diagnostics,
  OrderKind,
  PaperRequest,
  Script,
  SeatRole,
  SourceName,
} from '../protocol/types';
import type { DevicesModel } from './model';

/** off: nothing is shown, and no PeerConnection is made; failed: it found no way, tries go on */
export type WallState = 'off' | 'connecting' | 'on' | 'failed';

export interface WallModel {
  /**
   * What is on the screen, the most important first; `large` is the one that is looked at closely. May be called at
   * every scroll. Nothing is sent for what is not named; an empty list ends all pictures
   */
  show(rooms: readonly string[], large: string | null): void;
  /**
   * For <video> elements, by seat ("S01/buyer"); no sound in them. Whom no picture shows, or not theirs yet, is missing. A tile
   * reads its own by a computed value
   */
  readonly pictures: ReadonlySignal<ReadonlyMap<string, MediaStream>>;
  readonly state: ReadonlySignal<WallState>;
}

/** One room at a time; `to` null: the whole room. */
export type HelpState =
  | { mode: 'quiet' }
  /** `wants` follows as soon as server and microphone agree */
  | { mode: 'starting'; wants: 'listen' | 'speak'; consultation: string; to: SeatRole | null }
  | { mode: 'listen'; consultation: string; to: null }
  | { mode: 'speak'; consultation: string; to: SeatRole | null }
  /** nothing is heard there, `still` tells whether the coordinator goes on listening */
  | { mode: 'failed'; consultation: string; why: HelpTrouble; still: 'quiet' | 'listen' };

export type HelpTrouble =
  /** conflict: another coordinator speaks there */
  { what: 'refused'; code: Code } | { what: 'unreachable' } | { what: 'microphone'; problem: DeviceProblem };

export interface HelpModel {
  readonly state: ReadonlySignal<HelpState>;
  /** the coordinator's microphone and loudspeaker; its camera is never asked for */
  readonly devices: DevicesModel;
  /** 0…1, how loud the room is that is listened to, about ten times a second */
  readonly heard: ReadonlySignal<number>;
  readonly soundBlocked: ReadonlySignal<boolean>;
  listen(consultation: string): void;
  /** to be called in a click or key press: the first one asks for the microphone. To speak is to listen as well */
  speak(consultation: string, to?: SeatRole | null): void;
  /** ends speaking and goes on listening: the release of push-to-talk */
  hush(): void;
  quiet(): void;
  allowSound(): void;
}

/**
 * Each throws Refused or Unreachable when it was not done, and those that a browser answers NotDone. `reason` stands in
 * the audit log and may be empty.
 */
export interface SteerModel {
  mute(consultation: string, seat: string, source: SourceName, reason: string): Promise<void>;
  remove(consultation: string, seat: string, reason: string): Promise<void>;
  admit(consultation: string, seat: string, reason: string): Promise<void>;
  askDevices(consultation: string, seat: string): Promise<Devices>;
  chooseDevice(
    consultation: string,
    seat: string,
    kind: 'microphone' | 'camera' | 'speaker',
    device: string,
  ): Promise<void>;
  /** percent of the microphone's own loudness, 10 to 400 */
  gain(consultation: string, seat: string, percent: number): Promise<void>;
  diagnose(consultation: string, seat: string): Promise<Diagnostics>;
  care(consultation: string, take: boolean): Promise<void>;
  /** all rooms that this coordinator takes care of, to StaffHere.id */
  handOver(to: string): Promise<void>;
  contact(consultation: string, contact: ContactRequest): Promise<Contacted>;
  script(consultation: string): Promise<Script>;
  end(consultation: string, reason: string): Promise<void>;
  paper(consultation: string, paper: PaperRequest): Promise<void>;
}

/** What a coordinator wanted here, told to the person in one sentence. */
export interface Steered {
  id: string;
  kind: Exclude<OrderKind, 'come_in'>;
  /** the coordinator's name */
  by: string;
  source: SourceName | null;
  outcome: 'working' | 'done' | 'failed';
}

/** Those inside wait for this person. */
export interface Invitation {
  by: string;
}

export interface OrdersModel {
  readonly told: ReadonlySignal<Steered | null>;
  /** in the lobby alone; gone when the person goes in */
  readonly invitation: ReadonlySignal<Invitation | null>;
  /** the person has read it */
  close(): void;
}
