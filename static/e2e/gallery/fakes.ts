/** A Visit that stands still: every value is a signal that the scene has set. */
import { signal } from '@preact/signals';
import type {
  Auxiliary,
  Bootstrap,
  ChatMessage,
  Clock,
  Consultation,
  Helper,
  Participant,
  Role,
  SeatRole,
  SourceName,
} from '../../src/protocol/types';
import type { Connection, DeviceState, Place, RoomModel, Steered, Tile, Visit } from '../../src/room/model';
import { type Extras, extrasOf } from './extras';
import { face } from './faces';
import { ordersOf } from './steering';

/** Monday, 6 December 2021, 10:12:30 in Seoul */
export const moment = Date.parse('2021-12-06T01:12:30Z');

export function time(minutes: number): string {
  return new Date(moment + minutes * 60_000).toISOString();
}

type Named = Partial<Pick<Consultation, 'firm' | 'buyer' | 'interpreter' | 'booth' | 'phase'>>;

export function consultation(id: string, from: number, named: Named = {}): Consultation {
  return {
    id,
    seat: `${id}/buyer`,
    starts_at: time(from),
    ends_at: time(from + 40),
    opens_at: time(from - 15),
    phase: 'scheduled',
    booth: 'Booth 1',
    firm: { name: 'Firm 01', products: 'circular knits' },
    buyer: { name: 'Buyer US-1', country: 'US', zone: 'America/New_York', language: 'en' },
    interpreter: { name: 'Interpreter EN', languages: ['ko', 'en'] },
    ...named,
  };
}

export const day: Consultation[] = [
  consultation('S01', -72.5, { phase: 'ended' }),
  consultation('S04', 7.5, {
    // names as long as they come
    firm: { name: '주식회사 한빛니트텍스타일 (Hanbit Knit Textile Co., Ltd.)', products: 'yarn-dyed knits' },
    buyer: {
      name: 'Comercializadora Textil del Norte S.A. de C.V.',
      country: 'MX',
      zone: 'America/Mexico_City',
      language: 'es',
    },
    interpreter: { name: 'Interpreter ES', languages: ['ko', 'es'] },
  }),
  consultation('S05', 167.5, {
    firm: { name: 'Firm 06', products: 'fleece' },
    buyer: { name: 'Buyer VN-1', country: 'VN', zone: 'Asia/Ho_Chi_Minh', language: 'vi' },
  }),
  consultation('S06', 347.5, {
    phase: 'cancelled',
    firm: { name: 'Firm 16', products: 'interlinings' },
    buyer: { name: 'Buyer TR-1', country: 'TR', zone: 'Europe/Istanbul', language: 'tr' },
  }),
  consultation('S07', 407.5, {
    firm: { name: 'Firm 10', products: 'recycled polyester knits' },
    buyer: { name: 'Buyer TR-2', country: 'TR', zone: 'Europe/Istanbul', language: 'tr' },
  }),
];

export interface Setting extends Extras {
  kind?: Bootstrap['kind'];
  role?: Role;
  name?: string;
  place: Place;
  connection?: Connection;
  camera?: DeviceState;
  microphone?: DeviceState;
  consultations?: Consultation[];
  trial?: boolean;
  told?: Steered;
  invitedBy?: string;
}

const on = (label: string): DeviceState => ({ state: 'on', label, deviceId: label });

export function visitOf(setting: Setting): Visit {
  const camera = setting.camera ?? on('FaceTime HD Camera');
  const choices = (...labels: string[]) => labels.map((label) => ({ deviceId: label, label }));
  const language = new URLSearchParams(window.location.search).get('language') ?? 'en';
  const bootstrap: Bootstrap = {
    token: '',
    kind: setting.kind ?? 'person',
    you: { name: setting.name ?? 'Buyer US-1', role: setting.role ?? 'buyer', language },
    event: {
      id: 'yangju-2021',
      name: language === 'ko' ? '양주 섬유기업 온라인 수출상담회' : 'Yangju Textile Export Consultations',
      organiser: language === 'ko' ? '경기섬유종합지원센터' : 'Gyeonggi Textile Center',
      zone: 'Asia/Seoul',
      language: 'ko',
    },
    consultations: setting.consultations ?? [consultation('S01', 7.5)],
    ice_servers: [],
    trial: setting.trial ?? false,
    server_time: time(0),
    seat: 1,
    path: 'normal',
    languages: [],
    mail: false,
    invited_at: time(-40_000),
    notice: { name: 'notice-1', records: ['attendance', 'chat', 'notes', 'device_test'], retention_days: 90 },
  };
  if (setting.kind === 'booth') bootstrap.booth = 'Booth 1';
  const nothing = async () => undefined;
  return {
    bootstrap: signal(bootstrap),
    place: signal(setting.place),
    connection: signal<Connection>(setting.connection ?? { state: 'connected' }),
    devices: {
      microphone: signal(setting.microphone ?? on('MacBook Microphone')),
      camera: signal(camera),
      microphones: signal(choices('MacBook Microphone', 'Jabra Speak 510')),
      cameras: signal(choices('FaceTime HD Camera', 'Logitech BRIO')),
      speakers: signal(choices('MacBook Speakers')),
      speaker: signal('MacBook Speakers'),
      level: signal(0.22),
      preview: signal(camera.state === 'on' ? face(3) : null),
      start: nothing,
      toggle: nothing,
      choose: nothing,
    },
    ...extrasOf(setting, bootstrap.consultations),
    orders: ordersOf(setting.told ?? null, setting.invitedBy ?? null),
    signedIn: true,
    now: () => moment,
    choose: () => undefined,
    join: () => undefined,
    move: () => undefined,
    retry: () => undefined,
    back: () => undefined,
    close: () => undefined,
  };
}

export function person(id: string, role: SeatRole, name: string, sources: SourceName[]): Participant {
  return {
    id,
    seat: `S01/${role}`,
    role,
    name,
    sources,
    resting: [],
    narrow: false,
    away: false,
    since: time(-10),
  };
}

export function tile(participant: Participant, kind: Tile['kind'], picture: MediaStream | null): Tile {
  const pictureOn = picture !== null;
  const heldBy = 'nobody';
  const microphoneOn = participant.sources.includes('microphone');
  return {
    key: `${kind}:${participant.id}`,
    kind,
    slot: null,
    participant,
    picture,
    pictureOn,
    heldBy,
    microphoneOn,
  };
}

export interface RoomSetting {
  clock?: Partial<Clock>;
  tiles: Tile[];
  helpers?: Helper[];
  auxiliaries?: Auxiliary[];
  chat?: ChatMessage[];
  unread?: number;
  warning?: number;
  soundBlocked?: boolean;
  sharing?: boolean;
  /** participants */
  speakers?: string[];
  resting?: boolean;
}

export function roomOf(setting: RoomSetting): RoomModel {
  const clock: Clock = {
    phase: 'live',
    opens_at: time(-27.5),
    starts_at: time(-12.5),
    ends_at: time(27.5),
    overrun: false,
    server_time: time(0),
    ...setting.clock,
  };
  const people = new Map(setting.tiles.map(({ participant }) => [participant.id, participant]));
  return {
    consultation: consultation('S01', -12.5, { phase: 'live' }),
    clock: signal(clock),
    participants: signal([...people.values()]),
    me: setting.tiles.find((one) => one.kind === 'self')?.participant.id ?? '',
    tiles: signal(setting.tiles),
    helpers: signal(setting.helpers ?? []),
    auxiliaries: signal(setting.auxiliaries ?? []),
    speakers: signal(new Set(setting.speakers ?? [])),
    show: () => undefined,
    chat: signal(setting.chat ?? []),
    unread: signal(setting.unread ?? 0),
    warning: signal(setting.warning ?? null),
    soundBlocked: signal(setting.soundBlocked ?? false),
    sharing: signal(setting.sharing ?? false),
    resting: signal(setting.resting ?? false),
    say: () => undefined,
    readChat: () => undefined,
    toggleShare: async () => undefined,
    allowSound: () => undefined,
    leave: () => undefined,
  };
}
