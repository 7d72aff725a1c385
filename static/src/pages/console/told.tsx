/** Codes of the server as sentences. A code that this page does not know is told as what it is: not possible. */
import type { Key } from '../../i18n/words';
import type { Refusal, TableProblem, TimetableConflict } from '../../protocol/types';
import type { Failure } from '../../room/desk/load';
import { useDesk } from '../desk';

type Params = Record<string, string | number>;

/** known tells a text by its name, or null when there is none of it. */
function useKnown(): (key: string, params: Params) => string | null {
  const { words } = useDesk();
  return (key, params) => {
    const text = words.t(key as Key, params);
    return text === key ? null : text;
  };
}

export function useFailure(): (why: Failure) => string {
  const known = useKnown();
  const { words } = useDesk();
  return (why) => known(`failure.${why}`, {}) ?? words.t('failure.other');
}

export function useRefusal(): (refusal: Refusal) => string {
  const known = useKnown();
  const { words } = useDesk();
  return ({ code, consultation, params }) => {
    const text = known(`refusal.${code}`, params ?? {}) ?? words.t('refusal.other');
    return consultation ? `${consultation}: ${text}` : text;
  };
}

export function useProblem(): (problem: TableProblem) => string {
  const known = useKnown();
  const { words } = useDesk();
  return ({ code, value, params }) => {
    const text =
      known(`fileProblem.${code}`, { value: value ?? '', ...params }) ?? words.t('problemOther', { code });
    const closest = params?.closest;
    return closest ? `${text} ${words.t('problemClosest', { closest })}` : text;
  };
}

/** The words of a conflict, without the consultations it is about. */
export function useConflict(): (conflict: TimetableConflict) => string {
  const known = useKnown();
  const { words } = useDesk();
  return ({ code, params }) => known(`conflict.${code}`, params ?? {}) ?? words.t('conflictOther');
}
