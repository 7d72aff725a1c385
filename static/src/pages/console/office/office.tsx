/** Who runs the event: the own account for everybody; accounts, keys of programs and webhooks for administrators. */
import { useDesk } from '../../desk';
import { may } from '../rights';
import { useStaff } from '../staff';
import { Accounts } from './accounts';
import { Hooks } from './hooks';
import { Keys } from './keys';
import { Own } from './own';

export function OfficePage() {
  const { words } = useDesk();
  const { right } = useStaff();
  const administers = may(right, 'administrator');
  return (
    <div class="office">
      <div class="console-top">
        <h1 tabIndex={-1}>{words.t('office.title')}</h1>
      </div>
      <Own />
      {administers && <Accounts />}
      {administers && <Keys />}
      {administers && <Hooks />}
    </div>
  );
}
