/** Invitations by mail: first whom they would go to and what they say, then the sending. */
import type { LinkInfo, MailReport } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { useDesk } from '../../desk';
import { useStaff } from '../staff';
import { useFailure } from '../told';

export function Mailing() {
  const { words } = useDesk();
  const { links } = useStaff();
  const failure = useFailure();
  const state = links.mailing.value;
  if (state.at === 'idle') {
    return null;
  }
  const known = links.list.value?.links ?? [];
  return (
    <Dialog
      title={words.t('mail.title')}
      close={words.t('room.close')}
      onClose={() => links.closeMail()}
      testid="mail-dialog"
    >
      {state.at === 'checking' && <p role="status">{words.t('change.checking')}</p>}
      {state.at === 'failed' && <p role="status">{failure(state.why)}</p>}
      {state.at === 'sent' && (
        <p role="status" data-testid="mail-sent">
          {words.t('mail.sent', { count: state.report.queued })}
        </p>
      )}
      {(state.at === 'checked' || state.at === 'sending') && (
        <>
          <p>{words.t('mail.letters', { count: state.report.letters.length })}</p>
          <ul class="mail-letters">
            {state.report.letters.map((letter) => (
              <li key={letter.link}>
                <details>
                  <summary>
                    <strong>
                      <bdi>{letter.to}</bdi>
                    </strong>{' '}
                    <bdi lang={letter.language}>{letter.subject}</bdi>
                  </summary>
                  <pre dir="auto" lang={letter.language}>
                    {letter.text}
                  </pre>
                </details>
              </li>
            ))}
          </ul>
          <Skipped report={state.report} links={known} />
          {state.report.letters.length > 0 && (
            <div class="buttons">
              <Button
                look="main"
                busy={state.at === 'sending'}
                onClick={() => void links.sendMail()}
                testid="mail-send"
              >
                {words.t('mail.send', { count: state.report.letters.length })}
              </Button>
            </div>
          )}
        </>
      )}
    </Dialog>
  );
}

function Skipped({ report, links }: { report: MailReport; links: readonly LinkInfo[] }) {
  const { words } = useDesk();
  if (report.skipped.length === 0) {
    return null;
  }
  return (
    <details class="mail-skipped">
      <summary>{words.t('mail.skipped', { count: report.skipped.length })}</summary>
      <ul>
        {report.skipped.map(({ link, reason }) => (
          <li key={link}>
            <bdi>{links.find((one) => one.id === link)?.name ?? link}</bdi>: {words.t(`mail.skip.${reason}`)}
          </li>
        ))}
      </ul>
    </details>
  );
}
