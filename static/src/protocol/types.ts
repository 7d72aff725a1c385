/**
 * The wire's words, for the rest of the client: readable names for what the
 * server's own types say. Times are RFC 3339 strings, as on the wire.
 */
import type { components } from './types.gen';

type Wire = components['schemas'];

export type Action = Wire['Action'];
export type Attendance = Wire['Attendance'];
export type AttendanceInterval = Wire['AttendanceInterval'];
export type AttendanceRecord = Wire['AttendanceRecord'];
export type AttendanceSeat = Wire['AttendanceSeat'];
export type Board = Wire['Board'];
export type Bootstrap = Wire['Bootstrap'];
export type Buyer = Wire['Buyer'];
export type Bye = Wire['Bye'];
export type Change = Wire['Change'];
export type ChatMessage = Wire['ChatMessage'];
export type ClientType = Wire['ClientType'];
export type Clock = Wire['Clock'];
export type Code = Wire['Code'];
export type Consultation = Wire['Consultation'];
export type Delta = Wire['Delta'];
export type WireError = Wire['Error'];
export type EventInfo = Wire['EventInfo'];
export type Firm = Wire['Firm'];
export type Hello = Wire['Hello'];
export type IceServer = Wire['ICEServer'];
export type Interpreter = Wire['Interpreter'];
export type Join = Wire['Join'];
export type Joined = Wire['Joined'];
export type Leave = Wire['Leave'];
export type LeaveReason = Wire['LeaveReason'];
export type Left = Wire['Left'];
export type LinkKind = Wire['LinkKind'];
export type Message = Wire['Message'];
export type OpenLink = Wire['OpenLink'];
export type Participant = Wire['Participant'];
export type Person = Wire['Person'];
export type Phase = Wire['Phase'];
export type Ping = Wire['Ping'];
export type Pong = Wire['Pong'];
export type Problem = Wire['Problem'];
export type Profile = Wire['Profile'];
export type Restart = Wire['Restart'];
export type Restarted = Wire['Restarted'];
export type Resume = Wire['Resume'];
export type Resumed = Wire['Resumed'];
export type Role = Wire['Role'];
export type Row = Wire['Row'];
export type Say = Wire['Say'];
export type SeatPresence = Wire['SeatPresence'];
export type SeatRole = Wire['SeatRole'];
export type SeatState = Wire['SeatState'];
export type ServerType = Wire['ServerType'];
export type SetSource = Wire['SetSource'];
export type Slot = Wire['Slot'];
export type SlotKind = Wire['SlotKind'];
export type Snapshot = Wire['Snapshot'];
export type SourceName = Wire['SourceName'];
export type Verdict = Wire['Verdict'];
export type Warning = Wire['Warning'];
export type Watch = Wire['Watch'];
export type Welcome = Wire['Welcome'];
