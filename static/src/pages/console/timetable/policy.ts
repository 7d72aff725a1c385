/** The policy as its form has it: minutes as typed, lists as ticked. Pure. */
import { known, languages } from '../../../i18n/languages';
import type { FieldChange, Policy } from '../../../protocol/types';

/** Fields of the form; those in minutes are seconds on the wire, where zero would mean the default. */
export const spans = [
  { key: 'doors', min: 1, max: 120 },
  { key: 'gap', min: 1, max: 120 },
  { key: 'grace', min: 0.5, max: 30 },
  { key: 'overrun', min: 1, max: 120 },
  { key: 'late', min: 1, max: 60 },
  { key: 'call', min: 1, max: 60 },
  { key: 'noShow', min: 1, max: 120 },
  { key: 'seats', min: 1, max: 10 },
] as const;
export type Span = (typeof spans)[number]['key'];

export const steps = [5, 10, 15, 20, 30] as const;

export type PolicyDraft = Record<Span, string> & { steps: number[]; languages: string[]; silent: boolean };

const seconds = {
  doors: 'doors_seconds',
  gap: 'gap_seconds',
  grace: 'grace_seconds',
  overrun: 'max_overrun_seconds',
  late: 'late_after_seconds',
  call: 'call_after_seconds',
  noShow: 'no_show_after_seconds',
} as const;

export function policyDraft(policy: Policy): PolicyDraft {
  const minutes = (key: keyof typeof seconds) => String(policy[seconds[key]] / 60);
  return {
    doors: minutes('doors'),
    gap: minutes('gap'),
    grace: minutes('grace'),
    overrun: minutes('overrun'),
    late: minutes('late'),
    call: minutes('call'),
    noShow: minutes('noShow'),
    silent: policy.silent_listening,
    seats: String(policy.seats),
    steps: [...policy.extension_minutes],
    // None named means all of them.
    languages:
      policy.languages.length === 0 ? [...languages] : policy.languages.map((tag) => known(tag) ?? tag),
  };
}

/** policyOf is null while a field is no number in its bounds, or nobody could read the pages. */
export function policyOf(draft: PolicyDraft, before: Policy): Policy | null {
  const out: Policy = { ...before };
  for (const { key, min, max } of spans) {
    const value = Number(draft[key]);
    if (draft[key].trim() === '' || !Number.isFinite(value) || value < min || value > max) return null;
    if (key === 'seats') {
      if (!Number.isInteger(value)) return null;
      out.seats = value;
    } else {
      out[seconds[key]] = Math.round(value * 60);
    }
  }
  if (draft.languages.length === 0) return null;
  out.silent_listening = draft.silent;
  out.extension_minutes = [...draft.steps].sort((a, b) => a - b);
  const order: readonly string[] = languages;
  out.languages = [...draft.languages].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  return out;
}

export interface PolicyFormat {
  minutes(count: number): string;
  list(items: readonly string[]): string;
  tongue(code: string): string;
}

/** readable writes the values of a policy's change, which are JSON with durations in nanoseconds, for people. */
export function readable(change: FieldChange, format: PolicyFormat): FieldChange {
  const told = (text: string): string => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return text;
    }
    const minutes = (one: unknown) => format.minutes(Number(one) / 60e9);
    if (change.field === 'languages' && Array.isArray(value)) {
      return format.list(value.map((tag) => format.tongue(String(tag))));
    }
    if (Array.isArray(value)) return format.list(value.map(minutes));
    return change.field === 'seats' || typeof value === 'boolean' ? String(value) : minutes(value);
  };
  return { ...change, before: told(change.before), after: told(change.after) };
}
