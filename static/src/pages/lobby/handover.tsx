/** My place as a square for the camera of a phone. */
import { Smartphone } from 'lucide-preact';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { useDesk } from '../desk';

export function HandoverButton() {
  const { visit, words } = useDesk();
  const { handover } = visit.handover;
  return (
    <>
      <Button icon={Smartphone} onClick={() => visit.handover.open()} testid="qr">
        {words.t('handover.open')}
      </Button>
      {handover.value.state !== 'closed' && (
        <Dialog
          title={words.t('handover.title')}
          close={words.t('room.close')}
          onClose={() => visit.handover.close()}
          testid="qr-panel"
        >
          <Square />
        </Dialog>
      )}
    </>
  );
}

function Square() {
  const { visit, words } = useDesk();
  const handover = visit.handover.handover.value;
  switch (handover.state) {
    case 'closed':
      return null;
    case 'loading':
      return <p role="status">{words.t('handover.loading')}</p>;
    case 'failed':
      return (
        <div class="handover">
          <p role="alert">{words.t('handover.failed')}</p>
          <Button look="main" onClick={() => visit.handover.open()}>
            {words.t('lobby.retry')}
          </Button>
        </div>
      );
    case 'shown':
      return (
        <div class="handover">
          <img
            class="handover-square"
            src={handover.picture}
            alt={words.t('handover.alt')}
            data-url={handover.url}
          />
          <div>
            <p class="handover-lead">{words.t('handover.scan')}</p>
            <p>{words.t('handover.moves')}</p>
            <p class="handover-own">{words.t('handover.own')}</p>
          </div>
        </div>
      );
  }
}
