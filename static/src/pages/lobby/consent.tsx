/** What is kept about the reader and for how long: a sentence, the rest behind it. The yes is Go in's. */
import type { Notice } from '../../protocol/types';
import type { Consent } from '../../room/model';
import { useDesk } from '../desk';

/** The sentence over the button that says yes and goes in. */
export function ConsentAsked({ consent }: { consent: Exclude<Consent, { state: 'not_needed' }> }) {
  const { words } = useDesk();
  return (
    <div class="consent" data-testid="consent" data-state={consent.state}>
      <Kept notice={consent.notice} />
      <Details notice={consent.notice} refusable />
      <p role="status" class="consent-failed">
        {consent.state === 'failed' && words.t('consent.failed')}
      </p>
    </div>
  );
}

/** The same, later: to be read again. */
export function ConsentGiven() {
  const { visit, words, format, here } = useDesk();
  const consent = visit.consent.consent.value;
  if (consent.state !== 'given') {
    return null;
  }
  return (
    <div class="consent" data-testid="consent" data-state="given">
      <Kept notice={consent.notice} />
      <Details notice={consent.notice} />
      <p>{words.t('consent.given', { day: format.value.day(consent.at, here) })}</p>
    </div>
  );
}

function Kept({ notice }: { notice: Notice }) {
  const { words, format } = useDesk();
  const records = format.value.list(notice.records.map((record) => words.t(`consent.short.${record}`)));
  return (
    <p>
      {notice.retention_days
        ? words.t('consent.keptDays', { count: notice.retention_days, records })
        : words.t('consent.kept', { records })}
    </p>
  );
}

function Details({ notice, refusable }: { notice: Notice; refusable?: boolean }) {
  const { visit, words } = useDesk();
  const organiser = visit.bootstrap.value?.event.organiser;
  return (
    <details>
      <summary>{words.t('consent.details')}</summary>
      <ul class="consent-list">
        {notice.records.map((record) => (
          <li key={record}>{words.t(`consent.long.${record}`)}</li>
        ))}
        <li>{words.t('consent.media')}</li>
        {organiser && <li>{words.t('consent.by', { organiser })}</li>}
        {refusable && <li>{words.t('consent.refuse')}</li>}
      </ul>
    </details>
  );
}
