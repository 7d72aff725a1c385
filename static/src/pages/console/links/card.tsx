/** One link: its picture, its address, and the two things that cannot be undone, each asked twice. */
import { useSignal } from '@preact/signals';
import { Ban, RefreshCw } from 'lucide-preact';
import type { LinkInfo } from '../../../protocol/types';
import { type Failure, failureOf } from '../../../room/desk/load';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { useDesk } from '../../desk';
import { CopyText } from '../copy';
import { useStaff } from '../staff';
import { useFailure } from '../told';
import { LinkDoors } from './doors';
import { Qr } from './qr';

type Deed = 'revoke' | 'reissue';
type Doing =
  | { at: 'idle' }
  | { at: 'asked'; deed: Deed }
  | { at: 'busy'; deed: Deed }
  | { at: 'done'; deed: Deed }
  | { at: 'failed'; why: Failure };

export function LinkCard({ link, onClose }: { link: LinkInfo; onClose: () => void }) {
  const { words } = useDesk();
  const { links } = useStaff();
  const failure = useFailure();
  const doing = useSignal<Doing>({ at: 'idle' });
  const act = (deed: Deed) => {
    doing.value = { at: 'busy', deed };
    const done: Promise<unknown> = deed === 'revoke' ? links.revoke(link.id) : links.reissue(link.id);
    done.then(
      () => {
        doing.value = { at: 'done', deed };
      },
      (cause) => {
        doing.value = { at: 'failed', why: failureOf(cause) };
      },
    );
  };
  const ask = (deed: Deed) => () => {
    doing.value = { at: 'asked', deed };
  };
  const now = doing.value;
  const asked = now.at === 'asked' || now.at === 'busy' ? now.deed : null;
  return (
    <Dialog title={link.name} close={words.t('room.close')} onClose={onClose} testid="link-card">
      {link.url ? (
        <div class="link-show">
          <Qr key={link.version} link={link} />
          <p class="link-url" data-testid="link-url">
            {link.url}
          </p>
          <CopyText text={link.url} name={link.name} />
        </div>
      ) : (
        <p>{words.t('links.isRevoked')}</p>
      )}
      {link.url && <LinkDoors key={`devices ${link.version}`} link={link} />}
      {link.email && <p class="form-hint">{words.t('links.address', { email: link.email })}</p>}
      <div role="status">
        {now.at === 'done' && words.t(now.deed === 'revoke' ? 'links.didRevoke' : 'links.didReissue')}
        {now.at === 'failed' && failure(now.why)}
      </div>
      {asked ? (
        <div class="card-part">
          <p>{words.t(asked === 'revoke' ? 'links.askRevoke' : 'links.askReissue', { name: link.name })}</p>
          <div class="buttons">
            <Button look="end" busy={now.at === 'busy'} onClick={() => act(asked)} testid="link-yes">
              {words.t(asked === 'revoke' ? 'links.revoke' : 'links.reissue')}
            </Button>
            <Button
              onClick={() => {
                doing.value = { at: 'idle' };
              }}
            >
              {words.t('links.no')}
            </Button>
          </div>
        </div>
      ) : (
        <div class="buttons">
          <Button icon={RefreshCw} onClick={ask('reissue')} testid="link-reissue">
            {words.t('links.reissue')}
          </Button>
          {!link.revoked_at && (
            <Button icon={Ban} onClick={ask('revoke')} testid="link-revoke">
              {words.t('links.revoke')}
            </Button>
          )}
          {link.url && link.email && links.list.value?.mail && (
            <Button
              onClick={() => {
                onClose();
                void links.checkMail([link.id]);
              }}
            >
              {words.t('links.mailOne')}
            </Button>
          )}
        </div>
      )}
    </Dialog>
  );
}
