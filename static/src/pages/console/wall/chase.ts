/** The script of the missing: where it stands by the clock, and what has come of the calls so far. Pure. */
import type { Contacted, Row, Script, SeatRole } from '../../../protocol/types';
import { at } from '../../meeting';
import { type NoShow, proposedOf } from '../board';
import { type Missing, missingOf } from './clock';

export type Stage =
  /** nobody is missing, or it has not begun */
  | { stage: 'none' }
  /** late, and the cards come at callAt */
  | { stage: 'soon'; callAt: number | null }
  | { stage: 'call' }
  /** all who are missing said that they come */
  | { stage: 'coming'; expectedAt: number }
  | { stage: 'propose'; verdict: NoShow }
  /** it has ended, and nobody said what became of it: nobody is called any more */
  | { stage: 'decide'; verdict: NoShow | null };

/** Cards are shown this long after the start where the server does not say. */
const callAfter = 3 * 60_000;

export function stageOf(row: Row, now: number): Stage {
  const decided = row.verdict !== undefined && row.verdict !== 'pending';
  if (decided || row.clock.phase === 'cancelled') return { stage: 'none' };
  const verdict = proposedOf(row);
  if (row.clock.phase === 'ended') {
    return row.alerts.length > 0 ? { stage: 'decide', verdict } : { stage: 'none' };
  }
  if (verdict) return { stage: 'propose', verdict };
  const late = row.alerts.find(({ kind }) => kind === 'late');
  if (late) {
    if (late.expected_at && at(late.expected_at) > now) {
      return { stage: 'coming', expectedAt: at(late.expected_at) };
    }
    const callAt = late.call_at ? at(late.call_at) : at(row.clock.starts_at) + callAfter;
    return now >= callAt ? { stage: 'call' } : { stage: 'soon', callAt };
  }
  return leftBehind(row, now) ? { stage: 'call' } : { stage: 'none' };
}

// Who was there and left raises no alert; still somebody waits for them.
function leftBehind(row: Row, now: number): boolean {
  return missingOf(row, now).some(({ state, since }) => state === 'left' && since !== null);
}

/** chaseable are those whom it makes sense to call: missing, and not before the door. */
export function chaseable(row: Row, now: number): Missing[] {
  return missingOf(row, now).filter(({ state }) => state === 'absent' || state === 'left');
}

/** lastOf is the newest try to reach somebody of a role. */
export function lastOf(contacts: readonly Contacted[], role: SeatRole): Contacted | null {
  return contacts.reduce<Contacted | null>(
    (last, one) => (one.role === role && (!last || at(one.at) >= at(last.at)) ? one : last),
    null,
  );
}

/** triesOf are all tries, newest first: those of the row are pushed, the script's may be older. */
export function triesOf(row: Row, script: Script | null): Contacted[] {
  const all = new Map<string, Contacted>();
  for (const one of [...(script?.contacts ?? []), ...(row.contacts ?? [])]) all.set(one.id, one);
  return [...all.values()].sort((a, b) => at(b.at) - at(a.at));
}

/** cardsOf are the cards of who is missing still; the script may have been read before somebody came. */
export function cardsOf(script: Script, row: Row, now: number): Script['cards'] {
  const missing = new Set(missingOf(row, now).map(({ role }) => role));
  return script.cards.filter(({ role }) => (missing as Set<SeatRole>).has(role));
}

/** phoneHref is what a telephone understands: digits and a leading plus. Null when there is none. */
export function phoneHref(phone: string | undefined): string | null {
  const number = (phone ?? '').replace(/\(0\)/g, '').replace(/[^\d+]/g, '');
  const clean = (number.startsWith('+') ? '+' : '') + number.replaceAll('+', '');
  return /^\+?\d{4,}$/.test(clean) ? `tel:${clean}` : null;
}

/** Night, where people are asleep: somebody who calls should know. */
export function asleep(hour: number): boolean {
  return hour < 7 || hour >= 22;
}
