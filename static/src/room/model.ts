/**
 * What a page sees of a visit: view models that know no UI framework beyond signals.
 * The room layer writes these values, pages read them and call the actions. A state is a
 * discriminated union; there are no flags beside it.
 */
import type { ReadonlySignal } from '@preact/signals';
import type { DeviceChoice, DeviceState } from '../media/device';
import type {
  Bootstrap,
  ChatMessage,
  Clock,
  Code,
  Consultation,
  Participant,
  Row,
  SourceName,
} from '../protocol/types';

/** Where the person is. Pages switch over `at`, exhaustively. */
export type Place =
  /** asking the server who this link is for */
  | { at: 'opening' }
  /** a link that cannot be used, or a visit that ended for good; `code` says why */
  | { at: 'stopped'; code: Code }
  /** this browser cannot meet (in-app browser, no WebRTC); copying the link helps */
  | { at: 'unsupported'; reason: 'in_app' | 'no_webrtc' | 'insecure' }
  /** before the room: who, when, devices. `next` is the consultation to join; null when none is left */
  | { at: 'lobby'; next: Consultation | null; waiting: Waiting }
  | { at: 'room'; room: RoomModel }
  /**
   * after the room; `back` tells whether the person may go in again, `next` is what the
   * lobby would show: this consultation, the following one, or nothing
   */
  | {
      at: 'over';
      consultation: Consultation;
      why: 'left' | 'ended' | 'moved' | 'removed' | 'cancelled';
      back: boolean;
      next: Consultation | null;
    }
  | { at: 'console'; board: BoardModel };

/** What the lobby waits for. */
export type Waiting =
  | { for: 'person' } // to press Join
  | { for: 'doors'; opensAt: number; joins: boolean } // counts down; joins by itself when the person pressed Join or is a booth
  | { for: 'reply' } // join is on its way
  | { for: 'move' } // the seat is in use elsewhere: move here?
  | { for: 'retry'; code: Code }; // it did not work; Join tries again

/** The state of the way to the server and of the media path, as one truth for the person. */
export type Connection =
  | { state: 'connecting' }
  | { state: 'connected' }
  /** since: milliseconds of the server's clock; shown after 3 s */
  | { state: 'reconnecting'; since: number }
  /** the socket is fine, but audio and video find no way */
  | { state: 'no_media' };

/** A picture on the page. Tiles keep their `key` and order while people come and go. */
export interface Tile {
  key: string;
  kind: 'self' | 'person' | 'stage';
  participant: Participant;
  /** for a <video>; carries no audio. null while there is no picture */
  picture: MediaStream | null;
  /** true while the picture may be shown: the source is on and frames are of this person */
  pictureOn: boolean;
  microphoneOn: boolean;
}

export interface RoomModel {
  readonly consultation: Consultation;
  readonly clock: ReadonlySignal<Clock>;
  /** the others and me */
  readonly participants: ReadonlySignal<Participant[]>;
  readonly me: string;
  readonly tiles: ReadonlySignal<Tile[]>;
  readonly chat: ReadonlySignal<ChatMessage[]>;
  readonly unread: ReadonlySignal<number>;
  /** minutes left of the last warning, null when none is due */
  readonly warning: ReadonlySignal<number | null>;
  /** the browser wants a tap before it plays sound */
  readonly soundBlocked: ReadonlySignal<boolean>;
  readonly sharing: ReadonlySignal<boolean>;
  say(text: string): void;
  readChat(): void;
  toggleShare(): Promise<void>;
  allowSound(): void;
  leave(): void;
}

export interface BoardModel {
  readonly rows: ReadonlySignal<Row[]>;
  /** reads the attendance as CSV and gives it to the person */
  downloadAttendance(): Promise<void>;
}

export type { DeviceChoice, DeviceProblem, DeviceState } from '../media/device';

export interface DevicesModel {
  readonly microphone: ReadonlySignal<DeviceState>;
  readonly camera: ReadonlySignal<DeviceState>;
  readonly microphones: ReadonlySignal<DeviceChoice[]>;
  readonly cameras: ReadonlySignal<DeviceChoice[]>;
  readonly speakers: ReadonlySignal<DeviceChoice[]>;
  readonly speaker: ReadonlySignal<string>;
  /** 0…1, of my own microphone, about ten times a second */
  readonly level: ReadonlySignal<number>;
  /** my own picture, for a muted <video> */
  readonly preview: ReadonlySignal<MediaStream | null>;
  /** asks for microphone and camera; called by the page as soon as the lobby shows */
  start(): Promise<void>;
  toggle(kind: 'microphone' | 'camera'): Promise<void>;
  choose(kind: 'microphone' | 'camera' | 'speaker', deviceId: string): Promise<void>;
}

/** Everything a page needs. Made once by `visit(location)`; lives as long as the page. */
export interface Visit {
  readonly bootstrap: ReadonlySignal<Bootstrap | null>;
  readonly place: ReadonlySignal<Place>;
  readonly connection: ReadonlySignal<Connection>;
  /** browser language is set from the link's language first, then the browser's; the person may change it */
  readonly devices: DevicesModel;
  /** the server's clock, in milliseconds since the epoch; ticks are up to the page */
  now(): number;
  join(): void;
  /** answers Waiting `move` */
  move(yes: boolean): void;
  /** tries again now, from Waiting `retry` or while reconnecting */
  retry(): void;
  /** from Place `over`: back to the lobby */
  back(): void;
  close(): void;
}

export type { SourceName };
