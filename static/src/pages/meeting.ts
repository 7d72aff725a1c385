/** What a consultation means to one who reads it: pure, so that the views only show it. */
import { dayKey } from '../i18n/format';
import type { Consultation, Role } from '../protocol/types';

/** at is a time of the wire in milliseconds. */
export function at(time: string): number {
  return Date.parse(time);
}

/** othersOf names the sides that somebody of this role meets: the other one, or both. */
export function othersOf(role: Role): ('firm' | 'buyer')[] {
  switch (role) {
    case 'firm':
      return ['buyer'];
    case 'buyer':
      return ['firm'];
    case 'interpreter':
    case 'observer':
    case 'coordinator':
      return ['firm', 'buyer'];
  }
}

/** afterwards are the consultations that follow one, soonest first. */
export function afterwards(
  all: readonly Consultation[],
  one: Consultation | null,
  now: number,
): Consultation[] {
  return all.filter(
    (other) =>
      other.id !== one?.id &&
      other.phase !== 'cancelled' &&
      at(other.ends_at) > now &&
      (!one || at(other.starts_at) >= at(one.starts_at)),
  );
}

/** Turn is where a line of a booth's timetable stands. */
export type Turn = 'past' | 'next' | 'later' | 'cancelled';

export interface Line {
  consultation: Consultation;
  turn: Turn;
}

/** today is the timetable of the day that it is in a zone. */
export function today(
  all: readonly Consultation[],
  next: Consultation | null,
  zone: string,
  now: number,
): Line[] {
  const day = dayKey(now, zone);
  return all
    .filter((consultation) => dayKey(at(consultation.starts_at), zone) === day)
    .map((consultation) => ({ consultation, turn: turnOf(consultation, next, now) }));
}

function turnOf(consultation: Consultation, next: Consultation | null, now: number): Turn {
  if (consultation.phase === 'cancelled') {
    return 'cancelled';
  }
  if (consultation.id === next?.id) {
    return 'next';
  }
  return consultation.phase === 'ended' || at(consultation.ends_at) <= now ? 'past' : 'later';
}

/** Gate is how a lobby stands to the doors of its consultation. */
export type Gate = { doors: 'shut'; opensIn: number } | { doors: 'open'; startsIn: number };

export function gateOf(consultation: Consultation, now: number): Gate {
  const opensIn = at(consultation.opens_at) - now;
  return opensIn > 0
    ? { doors: 'shut', opensIn }
    : { doors: 'open', startsIn: at(consultation.starts_at) - now };
}
