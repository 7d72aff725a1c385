/** A RecordDesk and an OfficeDesk that answer from memory, with something of everything. */
import type {
  Account,
  Attendance,
  AttendanceRecord,
  AttendanceSeat,
  AuditEntry,
  ConsultationReport,
  Delivery,
  Hook,
  Key,
  StaffSession,
  Verdict,
} from '../../src/protocol/types';
import type { AuditSource } from '../../src/room/desk/audit';
import type { OfficeDesk } from '../../src/room/desk/office';
import type { RecordDesk } from '../../src/room/desk/record';
import { time } from './fakes';

const file = async () => new Blob(['a,b\n1,2\n'], { type: 'text/csv' });
const hash = (n: number) => n.toString(16).padStart(4, '0').repeat(16);
const uuid = (n: number) =>
  `019b2f${n.toString(16).padStart(2, '0')}-4c1e-7a30-9d2b-5e8f7a6b${n.toString(16).padStart(4, '0')}`;

function seat(
  id: string,
  role: AttendanceSeat['role'],
  from: number | null,
  to: number,
  change: Partial<AttendanceSeat> = {},
): AttendanceSeat {
  const came = from !== null;
  return {
    seat: `${id}/${role}`,
    role,
    ...(came ? { first_in: time(from), last_out: time(to) } : {}),
    seconds: came ? Math.round((to - from) * 60) : 0,
    away_seconds: 0,
    late_seconds: 0,
    ...(came ? { voice: 0.94 } : {}),
    intervals: came
      ? [{ from: time(from), to: time(to), reason: 'ended', paper: false, entry: uuid(10 + role.length) }]
      : [],
    ...change,
  };
}

function record(
  number: number,
  from: number,
  verdict: Verdict,
  change: Partial<AttendanceRecord> = {},
): AttendanceRecord {
  const id = `S${String(number).padStart(2, '0')}`;
  const here = !String(verdict).startsWith('no_show');
  return {
    consultation: id,
    starts_at: time(from),
    ends_at: time(from + 40),
    booth: `${number}번 부스`,
    firm_id: `firm-${number}`,
    firm: `양주섬유 ${number}`,
    buyer: number === 2 ? 'Comercializadora Textil del Norte S.A. de C.V.' : `Buyer ${number}`,
    country: ['US', 'MX', 'FR', 'AE', 'VN', 'JP', 'DE'][number % 7] ?? 'US',
    zone: 'Europe/Paris',
    verdict,
    corrections: [],
    together_seconds: here ? 35 * 60 : 0,
    on_paper: false,
    evidence: here
      ? [
          { kind: 'first_in', role: 'firm', seat: `${id}/firm`, at: time(from - 5), entry: uuid(1) },
          { kind: 'first_in', role: 'buyer', seat: `${id}/buyer`, at: time(from + 1), entry: uuid(2) },
          { kind: 'together', at: time(from + 1), seconds: 35 * 60 },
        ]
      : [{ kind: 'first_in', role: 'firm', seat: `${id}/firm`, at: time(from - 5), entry: uuid(1) }],
    contacts: [],
    seats: [
      seat(id, 'firm', from - 5, from + 40),
      seat(id, 'buyer', here ? from + 1 : null, from + 40, here ? { late_seconds: 60 } : {}),
      seat(id, 'interpreter', from - 3, from + 40),
    ],
    ...change,
  };
}

const records: AttendanceRecord[] = [
  record(1, -300, 'held'),
  record(2, -300, 'short', { together_seconds: 420 }),
  record(3, -240, 'no_show_buyer', {
    contacts: [
      { id: 'c1', at: time(-237), name: '김민지', role: 'buyer', outcome: 'no_answer' },
      {
        id: 'c2',
        at: time(-234),
        name: '김민지',
        role: 'buyer',
        outcome: 'coming',
        minutes: 10,
        expected_at: time(-224),
        words: '무역관을 통해 연락됨',
      },
      { id: 'c3', at: time(-222), name: '이준호', role: 'buyer', outcome: 'declined' },
    ],
  }),
  record(4, -180, 'held_by_phone', {
    decided: {
      verdict: 'held_by_phone',
      by: 'a1',
      at: time(-130),
      reason: '영상 연결이 되지 않아 전화로 35분 상담함. 통화 기록: 센터 대표번호',
      erased: false,
      derived: 'short',
      entry: uuid(22),
    },
    corrections: [
      {
        verdict: 'technical',
        by: 'a1',
        at: time(-140),
        reason: '호텔 네트워크 차단',
        erased: false,
        derived: 'short',
        entry: uuid(21),
      },
      {
        verdict: 'held_by_phone',
        by: 'a1',
        at: time(-130),
        reason: '영상 연결이 되지 않아 전화로 35분 상담함. 통화 기록: 센터 대표번호',
        erased: false,
        derived: 'short',
        entry: uuid(22),
      },
    ],
  }),
  record(5, -120, 'held', {
    seats: [
      seat('S05', 'firm', -121, -80),
      seat('S05', 'buyer', -118, -80, {
        away_seconds: 95,
        voice: 0.71,
        late_seconds: 120,
        intervals: [
          { from: time(-118), to: time(-101), reason: 'lost', paper: false, entry: uuid(5) },
          { from: time(-99), to: time(-80), reason: 'ended', paper: false, entry: uuid(6) },
        ],
      }),
    ],
  }),
  record(6, -60, 'held', {
    on_paper: true,
    seats: [
      seat('S06', 'firm', -60, -20),
      seat('S06', 'buyer', -60, -20, {
        intervals: [
          {
            from: time(-60),
            to: time(-20),
            paper: true,
            by: 'a1',
            provenance: '부스 서명지 6번, 운영요원 이준호 작성',
            entry: uuid(31),
          },
        ],
      }),
    ],
  }),
  record(7, 30, 'pending', {
    together_seconds: 0,
    evidence: [],
    seats: [seat('S07', 'firm', null, 0), seat('S07', 'buyer', null, 0)],
  }),
];

const attendance: Attendance = {
  event: 'fair',
  zone: 'Asia/Seoul',
  derived_at: time(0),
  consultations: records,
};

const entries = (
  list: readonly (readonly [AuditEntry['action'], string, string, string, string, string])[],
): AuditEntry[] =>
  list.map(([action, consultation, at, detail, reason, name], index) => ({
    id: `u${index}`,
    at: time(-4 * index - 1),
    by: name === '김민지' ? 'a1' : name === '이준호' ? 'a2' : name === '' ? '' : 'a0',
    name,
    action,
    consultation,
    seat: at,
    detail,
    reason,
    erased: action === 'paper',
    hash: hash(index + 17),
  }));

const audit = entries([
  ['verdict', 'S04', '', 'held_by_phone', '영상 연결이 되지 않아 전화로 35분 상담함', '김민지'],
  ['remove', 'S08', 'S08/buyer', '', '다른 회사 사람이 잘못 들어옴', '이준호'],
  ['whisper', 'S08', 'S08/firm', '', '', '이준호'],
  ['listen', 'S08', '', '', '', '이준호'],
  ['contact', 'S03', 'S03/buyer', 'coming 10', '무역관을 통해 연락됨', '김민지'],
  ['extend', 'S02', '', '10', '', '김민지'],
  ['mute', 'S05', 'S05/buyer', 'microphone', '울림이 심함', '이준호'],
  ['hand_over', '', '', 'a2', '', '김민지'],
  ['report', '', '', 'no-shows.csv?day=2021-12-06&country=VN', '', 'Administrator'],
  ['device', 'S05', 'S05/buyer', 'gain 150', '', '이준호'],
  ['link', '', '', 'reissued lnk_7f3a', '바이어가 메일을 잘못 전달함', '김민지'],
  ['write', 'S05', 'S05/buyer', 'S05/buyer', 'Please switch the echo cancellation on.', '이준호'],
  ['erase', '', '', 'buyer-7', '본인 요청', 'Administrator'],
  ['edit', '', '', 'move_booth 14', '', ''],
  ['paper', 'S06', 'S06/buyer', `${time(-60)}/${time(-20)}`, '', '이준호'],
]);

const house = entries([
  ['sign_in', '', '', 's1', 'from 211.34.8.12', '김민지'],
  ['sign_in_failed', '', '', '', 'from 211.34.8.12', '김민지'],
  ['account', '', '', 'a2 right=viewer disabled', '', 'Administrator'],
  ['session_ended', '', '', 's7 of a2', '', 'Administrator'],
  ['account', '', '', 'a1 made coordinator', '', 'sangdam account'],
  ['sign_in_failed', '', '', '', 'from 93.184.2.1', ''],
]);

function report(id: string): ConsultationReport {
  const of = records.find(({ consultation }) => consultation === id) ?? records[0];
  if (!of) throw new Error('no record');
  return {
    event: {
      id: 'fair',
      name: '2021 양주 섬유 수출상담회',
      organiser: '양주시',
      zone: 'Asia/Seoul',
      language: 'ko',
    },
    derived_at: time(0),
    record: of,
    firm: {
      name: of.firm,
      products: '환편니트, 재생 폴리에스터',
      country: 'KR',
      zone: 'Asia/Seoul',
      languages: ['ko'],
    },
    buyer: { name: of.buyer, country: of.country, zone: 'Europe/Paris', languages: ['fr'] },
    interpreter: { name: '박서연', zone: 'Asia/Seoul', languages: ['ko', 'fr'] },
    quality: [
      {
        seat: `${id}/buyer`,
        from: time(-118),
        to: time(-80),
        route: 'udp',
        rtt_median_ms: 286,
        rtt_95_ms: 341,
        loss_up: 0.004,
        loss_up_worst: 0.06,
        loss_down: 0.002,
        loss_down_worst: 0.03,
        frozen: 0.01,
        concealed: 0.004,
        score_up: 4.1,
        score_down: 4.3,
        symptoms: [{ symptom: 'loss_up', seconds: 40 }],
      },
    ],
    entries: [
      { id: uuid(1), at: time(-121), kind: 'seat_joined', seat: `${id}/firm`, hash: hash(1) },
      { id: uuid(2), at: time(-118), kind: 'seat_joined', seat: `${id}/buyer`, hash: hash(2) },
      { id: uuid(3), at: time(-80), kind: 'phase', detail: 'ended', hash: hash(3) },
      { id: uuid(14), at: time(-121), kind: 'seat_joined', seat: `${id}/firm`, hash: hash(5) },
      { id: uuid(15), at: time(-118), kind: 'seat_joined', seat: `${id}/buyer`, hash: hash(6) },
      { id: uuid(21), at: time(-78), kind: 'verdict', detail: 'technical', hash: hash(7) },
      { id: uuid(22), at: time(-70), kind: 'verdict', detail: 'held_by_phone', hash: hash(8) },
    ],
    head: {
      entries: 1284,
      hash: hash(4),
      at: time(-12),
      key: '9f2c4be1',
      signature: 'mO3vQ1uV8sYfXk2jJ0h5Tn7cLw4bPz6dRa9eGi1==',
      covers: true,
    },
  };
}

function log(all: readonly AuditEntry[], next?: string): AuditSource {
  return {
    read: async ({ by, action }) => ({
      entries: all.filter((e) => (!by || e.by === by) && (!action || e.action === action)),
      ...(next ? { next } : {}),
    }),
    file,
  };
}

export function recordDesk(): RecordDesk {
  return {
    attendance: async () => attendance,
    report: async (id) => report(id),
    audit: log(audit, 'u16'),
    sheetFile: file,
    workbook: file,
    pack: file,
  };
}

const sessions: StaffSession[] = [
  {
    id: 's1',
    browser: 'Chrome 150, Windows',
    created_at: time(-300),
    seen_at: time(-1),
    expires_at: time(600),
    own: true,
  },
  {
    id: 's2',
    browser: 'Safari, iPhone',
    created_at: time(-1500),
    seen_at: time(-700),
    expires_at: time(20),
    own: false,
  },
];

const accounts: Account[] = [
  {
    id: 'a0',
    login: 'admin',
    name: 'Administrator',
    right: 'administrator',
    events: [],
    openid: false,
    has_passphrase: true,
    disabled: false,
    created_at: time(-20000),
    sessions,
  },
  {
    id: 'a1',
    login: 'kim.minji',
    name: '김민지',
    right: 'coordinator',
    events: ['fair'],
    openid: true,
    has_passphrase: true,
    disabled: false,
    created_at: time(-9000),
    sessions: sessions.slice(1),
  },
  {
    id: 'a2',
    login: 'lee.junho',
    name: '이준호',
    right: 'viewer',
    events: ['fair'],
    openid: false,
    has_passphrase: true,
    disabled: true,
    created_at: time(-9000),
    sessions: [],
  },
];

const keys: Key[] = [
  {
    id: 'k1',
    name: '도청 통계 시스템',
    scopes: ['board', 'records'],
    created_at: time(-9000),
    created_by: 'Administrator',
    expires_at: time(90000),
    used_at: time(-8),
    revoked: false,
  },
  {
    id: 'k2',
    name: 'old CRM',
    scopes: ['timetable', 'edit'],
    created_at: time(-90000),
    created_by: 'Administrator',
    revoked: true,
  },
];

const hooks: Hook[] = [
  {
    id: 'h1',
    url: 'https://crm.example.kr/sangdam',
    topics: ['room', 'seat'],
    created_at: time(-9000),
    disabled: false,
  },
  {
    id: 'h2',
    url: 'https://status.example.kr/hooks/consultations',
    topics: ['verdict'],
    created_at: time(-900),
    disabled: false,
    failing_since: time(-34),
  },
];

const deliveries: Delivery[] = (['delivered', 'waiting', 'given_up'] as const).map((state, index) => ({
  id: `msg_${index}`,
  topic: 'seat',
  at: time(-index - 1),
  tries: index + 1,
  status: state === 'delivered' ? 204 : 500,
  state,
  ...(state === 'waiting' ? { next_at: time(2) } : {}),
  payload: '{"type":"seat","data":{"kind":"seat_joined","consultation":"S05","seat":"S05/buyer"}}',
}));

export function officeDesk(): OfficeDesk {
  const account = accounts[1] as Account;
  const hook = hooks[0] as Hook;
  const key = keys[0] as Key;
  const delivery = deliveries[1] as Delivery;
  return {
    accounts: async () => accounts,
    addAccount: async () => ({ account, passphrase: 'calm-linen-harbour-seven' }),
    changeAccount: async () => ({ account }),
    endSession: async () => undefined,
    houseAudit: log(house),
    keys: async () => keys,
    addKey: async () => ({ ...key, secret: 'key_Zt5xqWb0mR4uVnK7pYc2LsHd9GfJ' }),
    revokeKey: async () => key,
    hooks: async () => hooks,
    addHook: async () => ({ ...hook, secret: 'whsec_Zt5xqWb0mR4uVnK7pYc2LsHd9GfJ' }),
    deleteHook: async () => undefined,
    deliveries: async () => deliveries,
    replay: async () => delivery,
    erase: async () => ({ words: 3, notes: 2, chats: 5, links: 1 }),
    own: {
      sessions: async () => sessions,
      endSession: async () => undefined,
      changePassphrase: async () => undefined,
      signOut: async () => undefined,
    },
  };
}
