import type { Words } from '../../i18n/words';
import type { Problem } from '../../room/signin';

/** problemText says in words what came of the last try. */
export function problemText(words: Pick<Words, 't'>, { code, until }: Problem, now: number): string {
  switch (code) {
    case null:
      return words.t('signIn.problem.unreachable');
    case 'sign_in_wrong':
      return words.t('signIn.problem.wrong');
    case 'sign_in_needed':
      return words.t('signIn.problem.over');
    case 'rate_limited':
      return words.t('signIn.problem.wait', { count: Math.max(1, Math.ceil((until - now) / 1000)) });
    case 'unavailable':
      return words.t('signIn.problem.unavailable');
    case 'forbidden':
    case 'not_found':
      return words.t('signIn.problem.forbidden');
    default:
      return words.t('signIn.problem.fault');
  }
}
