/**
 * The wire's words, for the rest of the client: readable names for what the
 * server's own types say. Times are RFC 3339 strings, as on the wire.
 */

export type Role = 'firm' | 'buyer' | 'interpreter' | 'observer' | 'coordinator';
export type Phase = 'scheduled' | 'open' | 'waiting' | 'live' | 'closing' | 'ended' | 'cancelled';
export type SourceName = 'microphone' | 'camera' | 'screen' | 'screen_audio';
export type Action = '' | 'resume' | 'rejoin' | 'stop';
export type Profile = 'room' | 'wall';
export type SeatPresence = 'absent' | 'here' | 'away' | 'left';

export type Code =
  | 'bad_message'
  | 'too_large'
  | 'rate_limited'
  | 'origin'
  | 'link_unknown'
  | 'link_revoked'
  | 'link_expired'
  | 'token_unknown'
  | 'forbidden'
  | 'not_found'
  | 'too_early'
  | 'ended'
  | 'cancelled'
  | 'room_full'
  | 'seat_in_use'
  | 'moved'
  | 'removed'
  | 'bad_offer'
  | 'session_unknown'
  | 'replaced'
  | 'slow'
  | 'idle'
  | 'draining'
  | 'unavailable'
  | 'room_failed'
  | 'internal';

export interface Person {
  name: string;
  role: Role;
  language: string;
}
export interface Firm {
  name: string;
  products: string;
}
export interface Buyer {
  name: string;
  country: string;
  zone: string;
  language: string;
}
export interface Interpreter {
  name: string;
  languages: string[];
}
export interface Consultation {
  id: string;
  seat?: string;
  starts_at: string;
  ends_at: string;
  opens_at: string;
  phase: Phase;
  booth: string;
  firm: Firm;
  buyer: Buyer;
  interpreter: Interpreter;
}
export interface Clock {
  phase: Phase;
  opens_at: string;
  starts_at: string;
  ends_at: string;
  closes_at?: string;
  overrun: boolean;
  server_time: string;
}
export interface Participant {
  id: string;
  seat: string;
  role: Role;
  name: string;
  sources: SourceName[];
  away: boolean;
  since: string;
}
export interface Left {
  id: string;
  reason: string;
}
export interface Warning {
  minutes_left: number;
}
export interface ChatMessage {
  id: string;
  at: string;
  seat: string;
  role: Role;
  name: string;
  text: string;
}
export interface Slot {
  slot: number;
  kind: 'person' | 'stage';
  participant: string;
}
export interface Snapshot {
  consultation: Consultation;
  clock: Clock;
  participants: Participant[];
  chat: ChatMessage[];
}
export interface SeatState {
  seat: string;
  role: Role;
  name: string;
  state: SeatPresence;
  since?: string;
  sources: SourceName[];
}
export interface Row {
  consultation: Consultation;
  clock: Clock;
  seats: SeatState[];
}
export interface Board {
  seq: number;
  rows: Row[];
}
export interface Joined {
  seq: number;
  snapshot: Snapshot;
  slots: Slot[];
}
export interface Change {
  participant?: Participant;
  left?: Left;
  clock?: Clock;
  warning?: Warning;
  chat?: ChatMessage;
  slots?: Slot[];
  row?: Row;
}
export interface Delta {
  seq: number;
  changes: Change[];
}
export interface Hello {
  token: string;
  profile: Profile;
  offer?: string;
  language?: string;
}
export interface Welcome {
  session: string;
  secret: string;
  answer?: string;
  you: Person;
  server_time: string;
}
export interface Resume {
  session: string;
  secret: string;
  seq: number;
}
export interface Resumed {
  secret: string;
  seq: number;
  state?: Joined;
  board?: Board;
  server_time: string;
}
export interface Restart {
  offer: string;
}
export interface Restarted {
  answer: string;
}
export interface Join {
  consultation: string;
  move?: boolean;
  sources?: SourceName[];
}
export interface SetSource {
  source: SourceName;
  on: boolean;
}
export interface Say {
  key: string;
  text: string;
}
export interface Ping {
  at: number;
}
export interface Pong {
  at: number;
  server_time: string;
}
export interface WireError {
  code: Code;
  action?: Action;
  retry_after_ms?: number;
  opens_at?: string;
  detail?: string;
}
export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}
export interface EventInfo {
  id: string;
  name: string;
  organiser: string;
  zone: string;
  language: string;
}
export interface Bootstrap {
  token: string;
  kind: 'person' | 'booth' | 'console';
  you: Person;
  event: EventInfo;
  booth?: string;
  consultations: Consultation[];
  ice_servers: IceServer[];
  trial: boolean;
  server_time: string;
}
