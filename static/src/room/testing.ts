/** Values for tests: each with what matters changed, the rest as on the first day. */
import type { Clock, Consultation, Joined, Participant, Slot } from '../protocol/types';

export const day = Date.parse('2021-12-06T00:00:00Z');
const minute = 60_000;
export const iso = (ms: number): string => new Date(ms).toISOString();

/** A consultation that starts so many minutes into the day and takes 40. */
export function consultationAt(id: string, minutes: number, over: Partial<Consultation> = {}): Consultation {
  const starts = day + minutes * minute;
  return {
    id,
    seat: `${id}/buyer`,
    opens_at: iso(starts - 15 * minute),
    starts_at: iso(starts),
    ends_at: iso(starts + 40 * minute),
    phase: 'scheduled',
    booth: 'B-01',
    firm: { name: 'Firm', products: 'knits' },
    buyer: { name: 'Buyer', country: 'FR', zone: 'Europe/Paris', language: 'en' },
    interpreter: { name: '', languages: [] },
    ...over,
  };
}

export function participant(id: string, over: Partial<Participant> = {}): Participant {
  return {
    id,
    seat: `S01/${id}`,
    role: 'firm',
    name: id,
    sources: ['microphone', 'camera'],
    resting: [],
    narrow: false,
    away: false,
    since: iso(day),
    ...over,
  };
}

export function clock(over: Partial<Clock> = {}): Clock {
  return {
    phase: 'live',
    opens_at: iso(day),
    starts_at: iso(day),
    ends_at: iso(day + 40 * minute),
    overrun: false,
    server_time: iso(day),
    ...over,
  };
}

export function joined(participants: Participant[], slots: Slot[] = []): Joined {
  return {
    seq: 1,
    snapshot: {
      consultation: consultationAt('S01', 0),
      clock: clock(),
      participants,
      chat: [],
      helpers: [],
      auxiliaries: [],
    },
    slots,
  };
}
