/** What a person types into an encoder or a wall screen: an address and a token, each with its button. */
import { useSignal } from '@preact/signals';
import { Copy, MonitorPlay, RadioTower, Video } from 'lucide-preact';
import type { DeviceAccess, DeviceDoor } from '../protocol/types';
import { Button } from '../ui/button';
import { intoClipboard } from '../ui/clipboard';
import { Dialog } from '../ui/dialog';
import { useDesk } from './desk';

export function Doors({ access }: { access: DeviceAccess }) {
  const { words } = useDesk();
  if (!access.publish && !access.watch) {
    return <p>{words.t('auxiliary.none')}</p>;
  }
  return (
    <div class="doors" data-testid="doors-shown">
      {access.publish && <Door kind="encoder" door={access.publish} />}
      {access.watch && <Door kind="screen" door={access.watch} />}
    </div>
  );
}

function Door({ kind, door }: { kind: 'encoder' | 'screen'; door: DeviceDoor }) {
  const { words } = useDesk();
  const Icon = kind === 'encoder' ? Video : MonitorPlay;
  return (
    <section class="door" data-testid={`door-${kind}`}>
      <h3>
        <Icon size={20} aria-hidden="true" />
        <span>{words.t(`auxiliary.${kind}`)}</span>
      </h3>
      <p>{words.t(`auxiliary.${kind}Hint`)}</p>
      <dl>
        <Line name={words.t('auxiliary.address')} text={door.url} />
        <Line name={words.t('auxiliary.key')} text={door.token} />
      </dl>
    </section>
  );
}

function Line({ name, text }: { name: string; text: string }) {
  const { words } = useDesk();
  const state = useSignal<'copy' | 'copied' | 'notCopied'>('copy');
  const copy = () => {
    intoClipboard(text).then(
      () => {
        state.value = 'copied';
      },
      () => {
        state.value = 'notCopied';
      },
    );
  };
  return (
    <div class="door-line">
      <dt>{name}</dt>
      <dd>
        <code dir="ltr">{text}</code>
        <button type="button" class="button" data-look="plain" data-testid="door-copy" onClick={copy}>
          <Copy size={18} aria-hidden="true" />
          <span aria-live="polite">{words.t(`auxiliary.${state.value}`)}</span>
          <span class="hidden">{name}</span>
        </button>
      </dd>
    </div>
  );
}

/** The booth's own: whoever sets up the hall stands before its screen. */
export function BoothDoors() {
  const { visit, words } = useDesk();
  const doors = visit.doors.doors.value;
  return (
    <>
      <Button icon={RadioTower} look="plain" onClick={() => visit.doors.open()} testid="doors-open">
        {words.t('auxiliary.title')}
      </Button>
      {doors.state !== 'closed' && (
        <Dialog
          title={words.t('auxiliary.title')}
          close={words.t('room.close')}
          onClose={() => visit.doors.close()}
          testid="doors-dialog"
        >
          {doors.state === 'loading' && <p role="status">{words.t('handover.loading')}</p>}
          {doors.state === 'failed' && (
            <div class="buttons">
              <p role="alert">{words.t('auxiliary.failed')}</p>
              <Button look="main" onClick={() => visit.doors.open()}>
                {words.t('lobby.retry')}
              </Button>
            </div>
          )}
          {doors.state === 'shown' && <Doors access={doors.access} />}
        </Dialog>
      )}
    </>
  );
}
