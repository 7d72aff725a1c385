/** What is the matter with a room, the worst first. Pure. */
import type { Alert, Note, Role, Row, SeatRole, SeatState, Symptom, Vitals } from '../../../protocol/types';
import { isOpen } from '../../../room/desk/notes';
import { at } from '../../meeting';
import { type NoShow, proposedOf } from '../board';

/** since: milliseconds of the server's clock; null where nobody says when it began. */
export type Matter =
  /** the booth or somebody of the room calls a coordinator */
  | { what: 'call'; since: number; to: string }
  | { what: 'no_show'; verdict: NoShow; roles: SeatRole[]; since: number }
  | { what: 'late'; roles: SeatRole[]; since: number; callAt: number | null }
  /** all who are missing said that they come */
  | { what: 'coming'; roles: SeatRole[]; since: number; expectedAt: number }
  /** was removed, and stands before the door */
  | { what: 'held'; seat: string; role: Role; since: number | null }
  | { what: 'left'; role: Role; since: number }
  | { what: 'away'; role: Role; since: number }
  | { what: 'symptom'; symptom: Symptom; seat: string; role: Role; name: string; since: null };

/** 3: nobody is helped before somebody acts; 2: they suffer; 1: worth knowing; 0: all is well. */
export type Rank = 0 | 1 | 2 | 3;

/** A short silence is a change of network; a longer one wants somebody to look. */
const silence = 15_000;

const ranks: Record<Symptom, Rank> = {
  no_media: 3,
  one_way_in: 3,
  sound_blocked: 3,
  not_played: 3,
  one_way_out: 3,
  microphone_silent: 2,
  microphone_clipping: 2,
  voice_broken: 2,
  frozen: 2,
  camera_frozen: 2,
  loss_up: 2,
  loss_down: 2,
  bandwidth: 1,
  cpu: 1,
  slow_path: 1,
  camera_dark: 1,
  tcp: 1,
  relay: 1,
  hidden: 1,
};

/** rankOfSymptom weighs a symptom by how its person fares: a loss that nobody hears is worth knowing, no more. */
export function rankOfSymptom(symptom: Symptom, { quality }: Pick<Vitals, 'quality'>): Rank {
  const rank = ranks[symptom] ?? 1;
  if (rank === 2 && quality === 'good') return 1;
  return rank === 1 && quality === 'poor' ? 2 : rank;
}

export function rankOf(matter: Matter, vitals: readonly Vitals[]): Rank {
  switch (matter.what) {
    case 'call':
    case 'no_show':
    case 'late':
    case 'held':
      return 3;
    case 'left':
    case 'away':
      return 2;
    case 'coming':
      return 1;
    case 'symptom': {
      const of = vitals.find(({ seat }) => seat === matter.seat);
      return of ? rankOfSymptom(matter.symptom, of) : 1;
    }
  }
}

const fares = { good: 0, fair: 1, poor: 2, none: 3 } as const;

/** Of two symptoms of one rank that of the person who fares worse is told. */
function suffering(matter: Matter, vitals: readonly Vitals[]): number {
  const of = matter.what === 'symptom' && vitals.find(({ seat }) => seat === matter.seat);
  return of ? fares[of.quality] : 0;
}

/** mattersOf lists all that is the matter, the worst first; what began first comes first among equals. */
export function mattersOf(
  row: Row,
  vitals: readonly Vitals[],
  notes: readonly Note[],
  now: number,
): Matter[] {
  const done = row.clock.phase === 'ended' || row.clock.phase === 'cancelled';
  const found: Matter[] = [
    ...(done ? [] : calls(row, notes)),
    ...alerts(row, now),
    ...(done ? [] : [...held(row), ...gone(row, now), ...symptoms(row, vitals)]),
  ];
  return found
    .map((matter) => ({ matter, rank: rankOf(matter, vitals), suffers: suffering(matter, vitals) }))
    .sort(
      (a, b) => b.rank - a.rank || (a.matter.since ?? now) - (b.matter.since ?? now) || b.suffers - a.suffers,
    )
    .map(({ matter }) => matter);
}

function calls(row: Row, notes: readonly Note[]): Matter[] {
  return notes
    .filter((note) => isOpen(note) && note.from.seat?.split('/')[0] === row.consultation.id)
    .map((note) => ({ what: 'call', since: at(note.at), to: note.from.reply_to ?? note.from.seat ?? '' }));
}

function alerts(row: Row, now: number): Matter[] {
  const decided = row.verdict !== undefined && row.verdict !== 'pending';
  const ended = row.clock.phase === 'ended';
  return row.alerts.flatMap((alert): Matter[] => {
    const since = at(alert.since);
    const { roles } = alert;
    const expectedAt = expected(alert);
    if (!ended && expectedAt !== null && expectedAt > now)
      return [{ what: 'coming', roles, since, expectedAt }];
    if (alert.kind === 'late') {
      return [{ what: 'late', roles, since, callAt: alert.call_at ? at(alert.call_at) : null }];
    }
    const verdict = proposedOf(row);
    return decided || !verdict ? [] : [{ what: 'no_show', verdict, roles, since }];
  });
}

function expected(alert: Alert): number | null {
  return alert.expected_at ? at(alert.expected_at) : null;
}

function held(row: Row): Matter[] {
  return (row.held ?? []).flatMap((seat): Matter[] => {
    const waits = row.seats.find((one) => one.seat === seat && one.state === 'lobby');
    return waits ? [{ what: 'held', seat, role: waits.role, since: sinceOf(waits) }] : [];
  });
}

// Whoever was there and is not any more: firm and buyer alone, since only without them no consultation goes on.
function gone(row: Row, now: number): Matter[] {
  const found: Matter[] = [];
  for (const role of ['firm', 'buyer', 'interpreter'] as const) {
    const own = row.seats.filter((seat) => seat.role === role);
    if (own.some(({ state }) => state === 'here')) continue;
    const away = own.find(({ state }) => state === 'away');
    const left = own.find(({ state }) => state === 'left');
    if (away) {
      const since = sinceOf(away);
      if (since !== null && now - since >= silence) found.push({ what: 'away', role, since });
    } else if (left && now >= at(row.clock.starts_at)) {
      found.push({ what: 'left', role, since: sinceOf(left) ?? now });
    }
  }
  return found;
}

function symptoms(row: Row, vitals: readonly Vitals[]): Matter[] {
  return vitals.flatMap((one) => {
    const seat = row.seats.find((state) => state.seat === one.seat && state.state === 'here');
    if (!seat) return [];
    const { role, name } = seat;
    return one.symptoms.map(
      (symptom): Matter => ({ what: 'symptom', symptom, seat: one.seat, role, name, since: null }),
    );
  });
}

function sinceOf(seat: SeatState): number | null {
  return seat.since ? at(seat.since) : null;
}
