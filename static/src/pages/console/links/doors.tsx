/** What the encoder and the wall screen of a link are set to; asked for when somebody wants to see it. */
import { useSignal } from '@preact/signals';
import { RadioTower } from 'lucide-preact';
import type { DeviceAccess, LinkInfo } from '../../../protocol/types';
import { type Failure, failureOf } from '../../../room/desk/load';
import { Button } from '../../../ui/button';
import { useDesk } from '../../desk';
import { Doors } from '../../doors';
import { useStaff } from '../staff';
import { useFailure } from '../told';

type State = 'shut' | 'busy' | { access: DeviceAccess } | { failed: Failure };

export function LinkDoors({ link }: { link: LinkInfo }) {
  const { words } = useDesk();
  const { links } = useStaff();
  const failure = useFailure();
  const state = useSignal<State>('shut');
  const now = state.value;
  if (link.role === 'buyer' || link.role === 'interpreter') {
    return null;
  }
  const open = () => {
    state.value = 'busy';
    links.devices(link.id).then(
      (access) => {
        state.value = { access };
      },
      (cause) => {
        state.value = { failed: failureOf(cause) };
      },
    );
  };
  if (typeof now === 'object' && 'access' in now) {
    return (
      <div class="card-part">
        <Doors access={now.access} />
      </div>
    );
  }
  return (
    <div class="card-part">
      <Button icon={RadioTower} busy={now === 'busy'} onClick={open} testid="link-devices">
        {words.t('auxiliary.title')}
      </Button>
      <p role="status">{typeof now === 'object' && failure(now.failed)}</p>
    </div>
  );
}
