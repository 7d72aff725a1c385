/** An EventDesk that answers from memory, with something of everything. */
import { Refused } from '../../src/protocol/failure';
import type {
  LinkInfo,
  LinkReadiness,
  Outcome,
  Readiness,
  Timetable,
  TimetableBuyer,
  TimetableItem,
} from '../../src/protocol/types';
import type { EventDesk } from '../../src/room/desk';
import { time } from './fakes';
import { networkTest } from './network';

const origin = 'https://sangdam.example.org/j/';
const spell = (n: number) => `${origin}${n.toString(36).padStart(8, 'k')}#Zt5x${n}qWb0mR4uVnK7pYc2LsHd9GfJ`;

const buyers: TimetableBuyer[] = (
  [
    ['Buyer US-1', 'US', 'America/New_York', 'en'],
    ['Comercializadora Textil del Norte S.A. de C.V.', 'MX', 'America/Mexico_City', 'es'],
    ['Buyer FR-1', 'FR', 'Europe/Paris', 'fr'],
    ['Buyer AE-1', 'AE', 'Asia/Dubai', 'ar'],
    ['Buyer VN-1', 'VN', 'Asia/Ho_Chi_Minh', 'vi'],
    ['Buyer JP-1', 'JP', 'Asia/Tokyo', 'ja'],
    ['Buyer DE-2', 'DE', 'Europe/Berlin', 'de'],
  ] as const
).map(([name, country, zone, language], index) => ({
  id: `buyer-${index + 1}`,
  name,
  country,
  zone,
  language,
  stand_by: index === 6,
  contact: { email: `${country.toLowerCase()}@example.org` },
}));

const items: TimetableItem[] = Array.from({ length: 14 }, (_, index) => {
  const day = Math.floor(index / 7);
  const from = day * 1440 - 72.5 + Math.floor((index % 7) / 3) * 50 + (index % 7 === 6 ? 400 : 0);
  return {
    id: `S${String(index + 1).padStart(2, '0')}`,
    starts_at: time(from),
    ends_at: time(from + 40),
    booth: `booth-${(index % 3) + 1}`,
    firm: `firm-${(index % 4) + 1}`,
    buyer: `buyer-${(index % 6) + 1}`,
    interpreter: index % 4 === 3 ? '' : `interpreter-${(index % 2) + 1}`,
    cancelled: index === 4,
    phase: index < 3 ? 'ended' : index === 3 ? 'live' : 'scheduled',
  };
});

const table: Timetable = {
  revision: 7,
  event: {
    id: 'yangju-2021',
    name: 'Yangju Textile Export Consultations',
    organiser: 'Gyeonggi Textile Center',
    zone: 'Asia/Seoul',
    language: 'ko',
  },
  policy: {
    doors_seconds: 900,
    grace_seconds: 30,
    gap_seconds: 600,
    late_after_seconds: 120,
    call_after_seconds: 180,
    silent_listening: false,
    no_show_after_seconds: 600,
    max_overrun_seconds: 1800,
    extension_minutes: [5, 10],
    seats: 3,
    languages: [],
  },
  firms: ['주식회사 한빛니트텍스타일 (Hanbit Knit Textile Co., Ltd.)', 'Firm 06', 'Firm 11', 'Firm 15'].map(
    (name, index) => ({ id: `firm-${index + 1}`, name, products: 'circular knits', contact: {} }),
  ),
  buyers,
  interpreters: ['Interpreter EN', 'Interpreter ES'].map((name, index) => ({
    id: `interpreter-${index + 1}`,
    name,
    languages: ['ko', index === 0 ? 'en' : 'es'],
    contact: {},
  })),
  booths: [1, 2, 3].map((n) => ({ id: `booth-${n}`, name: `Booth ${n}` })),
  consultations: items,
  conflicts: [
    {
      code: 'booth_busy',
      consultations: ['S04', 'S06'],
      party: 'booth-3',
      params: { party: 'Booth 3' },
    },
    {
      code: 'buyer_night',
      consultations: ['S09'],
      party: 'buyer-3',
      params: { party: 'Buyer FR-1', from: '01:00', to: '01:40', weekday: '2', zone: 'Europe/Paris' },
    },
  ],
};

const nothing: Omit<Outcome, 'applied'> = { revision: 7, problems: [], conflicts: [], plan: [], same: 0 };

const imported: Outcome = {
  ...nothing,
  applied: false,
  same: 31,
  problems: [
    { row: 1, column: 'remarks', code: 'heading_unknown', value: 'remarks', warning: true },
    { row: 9, column: 'start', code: 'formula', value: '09:50', params: { cell: 'C9' }, warning: true },
  ],
  conflicts: [
    {
      code: 'interpreter_busy',
      consultations: ['S06', 'S36'],
      party: 'interpreter-1',
      rows: [7, 37],
      params: { party: 'Interpreter EN' },
    },
  ],
  plan: [
    { what: 'consultation', id: 'S36', change: 'created', fields: [] },
    {
      what: 'consultation',
      id: 'S06',
      change: 'changed',
      fields: [
        { field: 'start', before: time(27.5), after: time(47.5) },
        { field: 'booth', before: 'Booth 3', after: 'Booth 5' },
      ],
    },
    { what: 'consultation', id: 'S12', change: 'cancelled', fields: [] },
    {
      what: 'consultation',
      id: 'S04',
      change: 'refused',
      why: 'live',
      fields: [{ field: 'booth', before: 'Booth 1', after: 'Booth 2' }],
    },
    { what: 'buyer', id: 'buyer-8', name: 'Buyer TR-2', change: 'created', fields: [] },
  ],
};

const wrong: Outcome = {
  ...nothing,
  applied: false,
  problems: [
    { row: 4, column: 'start', code: 'time', value: '25:00', params: { cell: 'C4' } },
    { row: 7, column: 'buyer_country', code: 'country', value: 'Frankreich', params: { cell: 'J7' } },
    {
      row: 11,
      column: 'buyer_timezone',
      code: 'zone',
      value: 'Europe/Pariss',
      params: { cell: 'K11', closest: 'Europe/Paris' },
    },
    { row: 16, column: 'consultation', code: 'id_twice', value: 'S03', params: { cell: 'A16', row: '4' } },
    { row: 0, code: 'more', params: { limit: '500' } },
    { row: 1, column: 'remarks', code: 'heading_unknown', warning: true },
  ],
};

function link(index: number, change: Partial<LinkInfo>): LinkInfo {
  return {
    id: `link-${index}`,
    kind: 'person',
    role: 'buyer',
    name: '',
    seat: 1,
    language: 'ko',
    url: spell(index * 7919),
    version: 1,
    consultations: [],
    created_at: time(-9000),
    ends_at: time(9000),
    ...change,
  };
}

const links: LinkInfo[] = [
  link(1, { kind: 'console', role: 'coordinator', name: 'Coordinator', used_at: time(-4000) }),
  ...table.booths.map(({ id, name }, index) =>
    link(index + 2, {
      kind: 'booth',
      role: 'firm',
      name,
      booth: id,
      consultations: items.filter(({ booth }) => booth === id).map((item) => item.id),
      ...(index === 0 ? { used_at: time(-1500) } : {}),
    }),
  ),
  ...buyers.map((buyer, index) => {
    const made = link(index + 10, {
      name: buyer.name,
      language: buyer.language,
      party: buyer.id ?? '',
      email: buyer.contact.email ?? '',
      consultations: items.filter((item) => index === 1 || item.buyer === buyer.id).map(({ id }) => id),
      sent_at: time(-8000),
      ...(index % 2 === 0 ? { used_at: time(-2000) } : {}),
    });
    if (index === 4) {
      const { url: _, ...rest } = made;
      return { ...rest, revoked_at: time(-300) };
    }
    return made;
  }),
  link(20, { role: 'interpreter', name: 'Interpreter EN', consultations: items.map(({ id }) => id) }),
];

const good: Readiness = {
  microphone: 'passed',
  camera: 'passed',
  speaker: 'passed',
  media: 'passed',
  rtt_ms: 182,
  browser: 'Chrome 142',
  supported: true,
  clock_offset_ms: 40,
  zone: 'Europe/Paris',
};

function ready(name: string, next: number, change: Partial<LinkReadiness>): LinkReadiness {
  return {
    link: name,
    kind: 'person',
    role: 'buyer',
    name,
    seat: 1,
    next: time(next),
    light: 'green',
    reasons: [],
    at: time(-1600),
    test: good,
    ...change,
  };
}

function untested(name: string, next: number, change: Partial<LinkReadiness> = {}): LinkReadiness {
  const { at: _at, test: _test, ...rest } = ready(name, next, { light: 'untested', ...change });
  return rest;
}

/** A picture with the look of a QR code; a real one is the server's to make. */
function squares(text: string): Blob {
  let seed = [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 2147483647, 7);
  const dots = Array.from({ length: 29 * 29 }, (_, at) => {
    seed = (seed * 48271) % 2147483647;
    const [x, y] = [at % 29, Math.floor(at / 29)];
    const corner = (x < 8 && y < 8) || (x > 20 && y < 8) || (x < 8 && y > 20);
    return !corner && seed % 2 === 0 ? `M${x + 4} ${y + 4}h1v1h-1z` : '';
  }).join('');
  const eye = (x: number, y: number) => `M${x} ${y}h7v7h-7zm1 1v5h5v-5zM${x + 2} ${y + 2}h3v3h-3z`;
  const path = `${dots}${eye(4, 4)}${eye(26, 4)}${eye(4, 26)}`;
  return new Blob(
    [
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 37 37"><path fill="#fff" d="M0 0h37v37H0z"/><path fill-rule="evenodd" d="${path}"/></svg>`,
    ],
    { type: 'image/svg+xml' },
  );
}

const never = (): Promise<never> => Promise.reject(new Refused({ code: 'unavailable' }));

export function desk(): EventDesk {
  return {
    timetable: async () => table,
    edit: async ({ op }) =>
      op === 'set_policy'
        ? { ...nothing, applied: false, plan: [] }
        : {
            ...nothing,
            applied: false,
            conflicts: [
              {
                code: 'firm_gap',
                consultations: ['S06', 'S10'],
                party: 'firm-2',
                new: true,
                params: { party: 'Firm 06', minutes: '5', gap: '10' },
              },
            ],
            plan: [
              {
                what: 'consultation',
                id: 'S06',
                change: 'changed',
                fields: [{ field: 'start', before: time(27.5), after: time(47.5) }],
              },
            ],
          },
    importFile: async (_, name) => (name.endsWith('.xlsx') ? wrong : imported),
    edits: async () => ({
      edits: [
        {
          id: '2-0',
          at: time(-20),
          by: 'Coordinator',
          op: 'move_booth',
          revision: 7,
          changes: [
            {
              what: 'consultation',
              id: 'S05',
              change: 'changed',
              fields: [{ field: 'booth', before: 'Booth 2', after: 'Booth 5' }],
            },
          ],
        },
        {
          id: '1-0',
          at: time(-9000),
          by: 'sangdam import',
          op: 'import',
          revision: 1,
          changes: Array.from({ length: 8 }, (_, n) => ({
            what: 'consultation' as const,
            id: `S0${n + 1}`,
            change: 'created' as const,
            fields: [],
          })),
        },
      ],
      next: '1-0',
    }),
    extend: async () => ({
      applied: false,
      revision: 7,
      ends_at: time(37.5),
      delays: [
        {
          consultation: 'S11',
          booth: 'Booth 1',
          firm: 'Firm 12',
          buyer: 'Comercializadora Textil del Norte S.A. de C.V.',
          buyer_zone: 'America/Mexico_City',
          minutes: 10,
          starts_at: time(57.5),
          ends_at: time(97.5),
          after: 'S06',
          why: ['booth', 'interpreter'],
        },
      ],
    }),
    verdict: never,
    links: async () => ({ links, mail: true }),
    addLink: never,
    revoke: never,
    reissue: never,
    linksFile: never,
    mail: async () => ({
      queued: 0,
      letters: buyers.slice(0, 3).map((buyer, index) => ({
        link: `link-${index + 10}`,
        to: buyer.contact.email ?? '',
        language: buyer.language,
        subject: 'Your online consultation on Monday, 6 December',
        text: 'Dear Buyer,\n\nyou meet Firm 06 on Monday, 6 December, 09:00 (your time).\n\nhttps://sangdam.example.org/j/kkk1#Zt5x',
      })),
      skipped: [
        { link: 'link-14', reason: 'revoked' },
        { link: 'link-20', reason: 'no_address' },
      ],
    }),
    qr: async (text) => squares(text),
    linkDevices: async (link) => ({
      publish: { url: `https://meet.example.kr/whip/${link}`, token: 'EoX5sWm4ZKqk1fTnR7cVbGd9' },
      watch: { url: `https://meet.example.kr/whep/${link}`, token: 'q8HjUy2LpNwA6xSeC3vMrTkB' },
    }),
    readiness: async () => ({
      links: [
        ready('Buyer US-1', 47.5, {
          light: 'red',
          reasons: ['media_failed', 'camera_failed'],
          test: { ...good, media: 'failed', camera: 'failed', rtt_ms: 0, browser: 'Firefox 128' },
        }),
        ready('Booth 1', 47.5, { kind: 'booth', role: 'firm', test: { ...good, network: networkTest() } }),
        ready('Buyer FR-1', 97.5, {
          light: 'amber',
          reasons: ['zone_differs', 'speaker_untested', 'test_old'],
        }),
        untested('Comercializadora Textil del Norte S.A. de C.V.', 127.5),
        untested('Interpreter ES', 127.5, { role: 'interpreter' }),
        ready('Buyer VN-1', 1527.5, {
          seat: 2,
          light: 'amber',
          reasons: ['network_udp_blocked', 'network_narrow'],
          test: {
            ...good,
            network: networkTest({
              udp: 'failed',
              tcp: 'failed',
              route: 'relay',
              path: 'relay',
              up_kbps: 240,
            }),
          },
        }),
        untested('Buyer AE-1', 1567.5),
      ],
    }),
  };
}
