import type { Key } from '../../i18n/words';
import type { Consent, Visit } from '../../room/model';

type Asked = Extract<Consent, { state: 'asked' | 'sending' | 'failed' }>;

/** mustAgree tells whether the way in goes by a yes to what is kept. */
export function mustAgree(consent: Consent): consent is Asked {
  return consent.state === 'asked' || consent.state === 'sending' || consent.state === 'failed';
}

/** enterLabel says all that the button does: who agrees by pressing reads so on it. */
export function enterLabel(consent: Consent, open: boolean): Key {
  if (consent.state === 'sending') {
    return 'consent.sending';
  }
  if (mustAgree(consent)) {
    return open ? 'consent.agree' : 'consent.agreeEarly';
  }
  return open ? 'lobby.join' : 'lobby.joinEarly';
}

/** agreeAndJoin goes in only once the server has the yes. */
export async function agreeAndJoin(visit: Pick<Visit, 'consent' | 'join'>): Promise<void> {
  if (await visit.consent.give()) {
    visit.join();
  }
}
