/** What somebody of the staff did, read out of an audit entry's detail. Pure. */
import type { AuditAction, AuditEntry, ContactOutcome, Verdict } from '../../../protocol/types';

export type Deed =
  | { what: 'none' }
  | { what: 'verdict'; verdict: Verdict }
  | { what: 'taken_back' }
  | { what: 'contact'; outcome: ContactOutcome; minutes: number }
  | { what: 'between'; from: string; to: string }
  | { what: 'device'; device: Device }
  | { what: 'gain'; percent: number }
  | { what: 'minutes'; count: number }
  | { what: 'letters'; count: number }
  /** an account, link, key or party, by its id */
  | { what: 'someone'; id: string }
  | { what: 'edit'; op: string; revision: string }
  | { what: 'made'; did: Did; id: string }
  | { what: 'file'; file: ReportFile; csv: boolean; day: string; firm: string; country: string }
  | { what: 'account'; id: string; changes: readonly string[]; right: string }
  | { what: 'to'; to: 'all' | 'room' | 'booth' | 'person' }
  /** in words that this page does not know */
  | { what: 'other'; text: string };

/** In which log an action stands. */
const logs: Readonly<Record<AuditAction, 'event' | 'house' | 'both'>> = {
  verdict: 'event',
  contact: 'event',
  paper: 'event',
  erase: 'event',
  listen: 'event',
  speak: 'event',
  whisper: 'event',
  quiet: 'event',
  write: 'event',
  mute: 'event',
  remove: 'event',
  admit: 'event',
  end: 'event',
  extend: 'event',
  device: 'event',
  diagnose: 'event',
  care: 'event',
  uncare: 'event',
  hand_over: 'event',
  edit: 'event',
  link: 'event',
  mail: 'event',
  report: 'both',
  key: 'event',
  hook: 'event',
  sign_in: 'house',
  sign_in_failed: 'house',
  sign_out: 'house',
  account: 'house',
  session_ended: 'house',
  profile: 'both',
};

/** actionsOf lists what may stand in the log of the event or of the house. */
export function actionsOf(log: 'event' | 'house'): AuditAction[] {
  return (Object.keys(logs) as AuditAction[]).filter((one) => logs[one] === log || logs[one] === 'both');
}

const devices = ['microphone', 'camera', 'speaker', 'screen', 'screen_audio', 'devices'] as const;
export type Device = (typeof devices)[number];

const dids = ['added', 'revoked', 'reissued', 'made', 'deleted', 'replayed'] as const;
export type Did = (typeof dids)[number];

const files = [
  'attendance',
  'summary',
  'consultations',
  'no-shows',
  'quality',
  'xlsx',
  'pack',
  'consultation',
  'audit',
] as const;
export type ReportFile = (typeof files)[number];

const outcomes: readonly ContactOutcome[] = ['called', 'no_answer', 'coming', 'declined'];

function known<T extends string>(list: readonly T[], value: string): T | undefined {
  return list.find((one) => one === value);
}

export function deedOf({ action, detail = '' }: Pick<AuditEntry, 'action' | 'detail'>): Deed {
  const [first = '', second = ''] = detail.split(' ');
  const other: Deed = detail === '' ? { what: 'none' } : { what: 'other', text: detail };
  switch (action) {
    case 'verdict':
      return detail === '' || detail === 'pending'
        ? { what: 'taken_back' }
        : { what: 'verdict', verdict: detail as Verdict };
    case 'contact': {
      const outcome = known(outcomes, first);
      return outcome ? { what: 'contact', outcome, minutes: Number(second) || 0 } : other;
    }
    case 'paper': {
      const [from, to] = detail.split('/');
      return from && to ? { what: 'between', from, to } : other;
    }
    case 'mute':
    case 'device': {
      if (first === 'gain') return { what: 'gain', percent: Number(second) || 0 };
      const device = known(devices, first);
      return device ? { what: 'device', device } : other;
    }
    case 'extend':
      return Number(detail) > 0 ? { what: 'minutes', count: Number(detail) } : other;
    case 'mail':
      return Number(detail) > 0 ? { what: 'letters', count: Number(detail) } : other;
    case 'hand_over':
    case 'erase':
      return detail === '' ? other : { what: 'someone', id: detail };
    case 'session_ended': {
      const of = /^\S+ of (\S+)$/.exec(detail)?.[1];
      return of ? { what: 'someone', id: of } : { what: 'none' };
    }
    case 'sign_in':
    case 'sign_in_failed':
    case 'sign_out':
      return { what: 'none' }; // then the id of a session, which tells nobody anything
    case 'edit':
      return first === '' ? other : { what: 'edit', op: first, revision: second };
    case 'link':
    case 'key':
    case 'hook': {
      const did = known(dids, first);
      return did ? { what: 'made', did, id: second } : other;
    }
    case 'report':
      return fileOf(detail) ?? other;
    case 'account':
      return accountOf(detail) ?? other;
    case 'write':
      return { what: 'to', to: whomOf(detail) };
    default:
      return other;
  }
}

function fileOf(detail: string): Deed | null {
  const [name = '', wanted = ''] = detail.split('?');
  const csv = name.endsWith('.csv');
  const file = known(files, csv ? name.slice(0, -4) : name);
  if (!file) return null;
  const of = new URLSearchParams(wanted);
  return {
    what: 'file',
    file,
    csv,
    day: of.get('day') ?? '',
    firm: of.get('firm') ?? '',
    country: of.get('country') ?? '',
  };
}

/** An account's id, then what became of it: "a1 made viewer", "a1 name right=viewer events". */
function accountOf(detail: string): Deed | null {
  const [id = '', ...rest] = detail.split(' ');
  if (id === '' || rest.length === 0) return null;
  if (rest[0] === 'made') return { what: 'account', id, changes: ['made'], right: rest[1] ?? '' };
  const right = rest.find((one) => one.startsWith('right='))?.slice('right='.length) ?? '';
  return { what: 'account', id, changes: rest.map((one) => one.replace(/=.*/, '')), right };
}

function whomOf(detail: string): 'all' | 'room' | 'booth' | 'person' {
  if (detail === '*') return 'all';
  if (detail.startsWith('booth:')) return 'booth';
  return detail.startsWith('session:') || detail.includes('/') ? 'person' : 'room';
}

/** roleOf is the role of a seat's id, "S01/buyer" or "S01/buyer/2"; null for another text. */
export function roleOf(seat: string): 'firm' | 'buyer' | 'interpreter' | 'observer' | null {
  return known(['firm', 'buyer', 'interpreter', 'observer'] as const, seat.split('/')[1] ?? '') ?? null;
}

/** addressOf reads where somebody signed in from out of such an entry's words; null for other words. */
export function addressOf({ action, reason = '' }: Pick<AuditEntry, 'action' | 'reason'>): string | null {
  return action.startsWith('sign_in') && reason.startsWith('from ') ? reason.slice('from '.length) : null;
}
