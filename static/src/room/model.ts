/**
 * What a page sees of a visit: view models that know no UI framework beyond signals.
 * The room layer writes these values, pages read them and call the actions. A state is a
 * discriminated union; there are no flags beside it.
 */
import type { ReadonlySignal } from '@preact/signals';
import type { DeviceChoice, DeviceState } from '../media/device';
import type {
  Auxiliary,
  BoothState,
  Bootstrap,
  ChatMessage,
  Clock,
  Code,
  Consultation,
  Crosstalk,
  DeviceAccess,
  Health,
  Helper,
  Note,
  Notice,
  Participant,
  Readiness,
  Row,
  SeatState,
  SourceName,
  StaffHere,
  Storage,
  Vitals,
} from '../protocol/types';
import type { EventDesk } from './desk';
import type { OfficeDesk } from './desk/office';
import type { RecordDesk } from './desk/record';
import type { NetworkTrial } from './networktest';
import type { SignInModel } from './signin';
import type { Shown } from './sizes';
import type { HelpModel, OrdersModel, SteerModel, WallModel } from './steering';
import type { TimeWarning } from './timetruth';

/** Where the person is. Pages switch over `at`, exhaustively. */
export type Place =
  /** asking the server who this link is for */
  | { at: 'opening' }
  /** somebody of the staff, on the way to an event */
  | { at: 'sign_in'; signIn: SignInModel }
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
  | { for: 'admission'; joins: boolean } // a coordinator lets them in; joins by itself then when the person pressed Join
  | { for: 'retry'; code: Code }; // it did not work; Join tries again

/** The state of the way to the server and of the media path, as one truth for the person. */
export type Connection =
  | { state: 'connecting' }
  | { state: 'connected' }
  /** since: milliseconds of the server's clock; shown after 3 s, and nothing is sent from then on */
  | { state: 'reconnecting'; since: number }
  /** sound and picture go on, but messages do not: the socket is gone. Shown after 3 s */
  | { state: 'late'; since: number }
  /** the socket is fine, but audio and video find no way */
  | { state: 'no_media' };

/** A picture on the page. Tiles keep their `key` and order while people come and go. */
export interface Tile {
  key: string;
  kind: 'self' | 'person' | 'stage';
  /** the receive slot; null for my own, and while there is none */
  slot: number | null;
  participant: Participant;
  /** on the stage: an encoder's picture, and not a screen that is shared */
  closeup?: boolean;
  /** for a <video>; carries no audio. null while there is no picture */
  picture: MediaStream | null;
  /** true while the picture may be shown: the source is on and frames are of this person */
  pictureOn: boolean;
  /** whose narrow line keeps a picture that is on from coming, so that the voices do; nobody's: it comes, or is off */
  heldBy: 'nobody' | 'me' | 'them';
  microphoneOn: boolean;
}

export interface RoomModel {
  readonly consultation: Consultation;
  readonly clock: ReadonlySignal<Clock>;
  /** the others and me */
  readonly participants: ReadonlySignal<Participant[]>;
  readonly me: string;
  readonly tiles: ReadonlySignal<Tile[]>;
  /** participants who speak just now, me among them */
  readonly speakers: ReadonlySignal<ReadonlySet<string>>;
  /** coordinators who listen or speak here */
  readonly helpers: ReadonlySignal<Helper[]>;
  /** encoders and wall screens */
  readonly auxiliaries: ReadonlySignal<Auxiliary[]>;
  readonly chat: ReadonlySignal<ChatMessage[]>;
  readonly unread: ReadonlySignal<number>;
  /** minutes left of the last warning, null when none is due */
  readonly warning: ReadonlySignal<number | null>;
  /** the browser wants a tap before it plays sound */
  readonly soundBlocked: ReadonlySignal<boolean>;
  readonly sharing: ReadonlySignal<boolean>;
  /** my own camera rests, to keep my voice on a narrow line */
  readonly resting: ReadonlySignal<boolean>;
  say(text: string): void;
  readChat(): void;
  /** how large the page shows the others, each time that it lays them out anew */
  show(shown: readonly Shown[]): void;
  toggleShare(): Promise<void>;
  allowSound(): void;
  leave(): void;
}

export interface BoardModel {
  readonly rows: ReadonlySignal<Row[]>;
  readonly booths: ReadonlySignal<BoothState[]>;
  /** the last ones of all, oldest first; one that was seen is replaced in its place */
  readonly notes: ReadonlySignal<Note[]>;
  /** whose console is open, the reader's among them */
  readonly staff: ReadonlySignal<StaffHere[]>;
  /** how the record is kept just now */
  readonly storage: ReadonlySignal<Storage>;
  readonly crosstalk: ReadonlySignal<Crosstalk[]>;
  /**
   * by consultation; apart from the rows, which do not change with them. A tile reads its own by a computed value, so that
   * it is drawn anew for its own people alone
   */
  readonly vitals: ReadonlySignal<ReadonlyMap<string, Vitals[]>>;
  readonly wall: WallModel;
  readonly help: HelpModel;
  readonly steer: SteerModel;
  /** everything the server does for coordinators besides the live board */
  readonly desk: EventDesk;
  readonly record: RecordDesk;
  readonly office: OfficeDesk;
  /** `to` is a reply_to, a seat, a consultation or "*"; a throw (Refused, Unreachable) means not sent */
  write(to: string, text: string): Promise<void>;
  /** sees to a note or call, by its id */
  seen(note: string): Promise<void>;
  /** reads the attendance as CSV and gives it to the person */
  downloadAttendance(): Promise<void>;
}

export type { DeviceChoice, DeviceProblem, DeviceState } from '../media/device';
export type { NetworkFound, NetworkStep, NetworkTrial, Verdict } from './networktest';

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

/** One consultation on the day page of a link that has several. */
export interface DayLine {
  consultation: Consultation;
  /** open: its doors are open and one can go in; ahead: its doors are shut, its lobby can be chosen */
  state: 'over' | 'cancelled' | 'open' | 'ahead';
  /** the lobby is this one's */
  chosen: boolean;
}

/**
 * Who else is there for the consultation of the lobby: in its lobby, in its room, or not yet. This page's own
 * waiting is left out.
 */
export interface Gathering {
  consultation: Consultation;
  clock: Clock;
  seats: SeatState[];
}

/** A note between me and the coordinators. */
export interface NoteLine {
  /** stays the same while `state` changes */
  id: string;
  at: number;
  mine: boolean;
  /** of its writer, for a coordinator; empty for mine */
  name: string;
  text: string;
  kind: Note['kind'];
  /** refused: not sent, and not tried again; a broken network is tried again by itself */
  state: 'sending' | 'sent' | 'refused';
  /** a coordinator has seen mine */
  seen: boolean;
}

/** The thread with the coordinators: in the lobby, in the room, at the booth. */
export interface NotesModel {
  readonly list: ReadonlySignal<NoteLine[]>;
  readonly unread: ReadonlySignal<number>;
  send(text: string): void;
  read(): void;
}

/** A test of my own voice: four seconds are recorded and played back. */
export type VoiceTest =
  | { state: 'idle' }
  /** until: milliseconds of visit.now(); the level stands in devices.level */
  | { state: 'recording'; until: number }
  | { state: 'playing' }
  /** did you hear yourself? answered by heard() */
  | { state: 'asked' }
  | { state: 'heard' }
  | { state: 'not_heard' }
  /** silent: nothing was to be heard in the recording; blocked: the browser would not play */
  | { state: 'failed'; why: 'no_microphone' | 'silent' | 'unsupported' | 'blocked' };

/** A sound for the loudspeaker alone. */
export type ToneTest =
  | { state: 'idle' }
  | { state: 'playing' }
  | { state: 'asked' }
  | { state: 'heard' }
  | { state: 'not_heard' };

/** My own picture and voice back from the server. */
export type Practice =
  | { state: 'off' }
  | { state: 'starting' }
  /** picture: for a <video>, no sound in it; pictureOn, soundOn: something of mine has come back */
  | { state: 'on'; picture: MediaStream | null; pictureOn: boolean; soundOn: boolean }
  /** code is null when nobody answered */
  | { state: 'failed'; code: Code | null };

/** What the lobby tries out. Results go to the server by themselves. */
export interface TestsModel {
  readonly voice: ReadonlySignal<VoiceTest>;
  readonly tone: ReadonlySignal<ToneTest>;
  readonly practice: ReadonlySignal<Practice>;
  readonly network: ReadonlySignal<NetworkTrial>;
  /** what was found so far on this device, as the coordinators' board gets it */
  readonly readiness: ReadonlySignal<Readiness>;
  startVoice(): void;
  startTone(): void;
  /** answers `asked` of the voice or of the tone */
  heard(yes: boolean): void;
  /** ends voice and tone */
  stop(): void;
  startPractice(): void;
  stopPractice(): void;
  /** needs no microphone and no camera */
  startNetwork(): void;
  stopNetwork(): void;
}

/** What is recorded about me, and my yes. */
export type Consent =
  /** nobody asks a booth or a coordinator */
  | { state: 'not_needed' }
  | { state: 'asked'; notice: Notice }
  | { state: 'sending'; notice: Notice }
  | { state: 'given'; notice: Notice; at: number }
  /** code is null when nobody answered; give() tries again */
  | { state: 'failed'; notice: Notice; code: Code | null };

export interface ConsentModel {
  readonly consent: ReadonlySignal<Consent>;
  /** says yes; true once the server has it. Pages ask before the first join: `(await give()) && join()` */
  give(): Promise<boolean>;
}

/** The call of a booth for a coordinator. */
export type Call =
  | { state: 'none' }
  | { state: 'calling' }
  | { state: 'called'; at: number }
  /** a coordinator has seen it, or wrote back: then `text` is not empty */
  | { state: 'answered'; name: string; text: string }
  /** code is null when nobody answered */
  | { state: 'failed'; code: Code | null };

/** Two minutes before the start a booth rings, once a consultation. */
export type Ring = { state: 'quiet' } | { state: 'ringing'; consultation: Consultation };

/** A booth's own screen. For a person's page it stays quiet. */
export interface KioskModel {
  readonly ring: ReadonlySignal<Ring>;
  readonly call: ReadonlySignal<Call>;
  /** what this screen measures of itself every ten seconds, as the coordinators get it */
  readonly health: ReadonlySignal<Health | null>;
  /** unavailable: this browser knows no full screen */
  readonly screen: ReadonlySignal<'full' | 'window' | 'unavailable'>;
  callCoordinator(): void;
  /** the call was seen to: back to `none` */
  closeCall(): void;
  stopRing(): void;
  /** to be called in a click */
  toggleFullScreen(): void;
}

/** My link as a QR code, to go on with another device. That one asks whether to move (Waiting `move`). */
export type Handover =
  | { state: 'closed' }
  | { state: 'loading' }
  /** picture: address for an <img>; url: what it says */
  | { state: 'shown'; picture: string; url: string }
  /** code is null when nobody answered */
  | { state: 'failed'; code: Code | null };

export interface HandoverModel {
  readonly handover: ReadonlySignal<Handover>;
  open(): void;
  close(): void;
}

/** What is typed into the devices of this link that have no page. */
export type Doors =
  | { state: 'closed' }
  | { state: 'loading' }
  | { state: 'shown'; access: DeviceAccess }
  /** code is null when nobody answered */
  | { state: 'failed'; code: Code | null };

export interface DoorsModel {
  readonly doors: ReadonlySignal<Doors>;
  open(): void;
  close(): void;
}

/** Everything a page needs. Made once by `visit(location)`; lives as long as the page. */
export interface Visit {
  readonly bootstrap: ReadonlySignal<Bootstrap | null>;
  readonly place: ReadonlySignal<Place>;
  readonly connection: ReadonlySignal<Connection>;
  /** browser language is set from the link's language first, then the browser's; the person may change it */
  readonly devices: DevicesModel;
  /** all consultations of this link, by time; one line when there is but one */
  readonly day: ReadonlySignal<DayLine[]>;
  /** null until the server has told it, and while nothing is waited for */
  readonly gathering: ReadonlySignal<Gathering | null>;
  readonly notes: NotesModel;
  readonly tests: TestsModel;
  readonly consent: ConsentModel;
  /** what the reader should know about clocks, worst first; empty when all is right */
  readonly timeWarnings: ReadonlySignal<TimeWarning[]>;
  readonly kiosk: KioskModel;
  readonly handover: HandoverModel;
  /** encoder and wall screen */
  readonly doors: DoorsModel;
  /** came by a sign-in, not by a link */
  readonly signedIn: boolean;
  /** what coordinators want of this page */
  readonly orders: OrdersModel;
  /** the server's clock, in milliseconds since the epoch; ticks are up to the page */
  now(): number;
  join(): void;
  /** from Place `lobby` or `over`: the lobby of that consultation, if it is not over */
  choose(consultation: string): void;
  /** answers Waiting `move` */
  move(yes: boolean): void;
  /** tries again now, from Waiting `retry` or while reconnecting */
  retry(): void;
  /** from Place `over`: back to the lobby */
  back(): void;
  close(): void;
}

export type {
  HelpModel,
  HelpState,
  HelpTrouble,
  Invitation,
  OrdersModel,
  Steered,
  SteerModel,
  WallModel,
  WallState,
} from './steering';
export type { TimeWarning } from './timetruth';
export type { SourceName };
