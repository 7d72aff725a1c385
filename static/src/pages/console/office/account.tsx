/** One account: its right, a new passphrase, whether it may come in, where it is signed in. */
import { useSignal } from '@preact/signals';
import { Ban, KeyRound, Undo2 } from 'lucide-preact';
import type { Account, ChangeAccount, Right } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { Select } from '../../../ui/select';
import { useDesk, zoneOf } from '../../desk';
import { useDoing } from '../doing';
import { useStaff } from '../staff';
import { rights } from './accounts';
import { moment } from './moment';
import { Secret } from './secret';

interface Props {
  account: Account;
  onChanged: () => void;
  onClose: () => void;
}

export function AccountCard({ account, onChanged, onClose }: Props) {
  const desk = useDesk();
  const { words } = desk;
  const { board } = useStaff();
  const doing = useDoing();
  const made = useSignal<string | null>(null);
  const zone = zoneOf(desk);
  const format = desk.format.value;
  const change = (fields: ChangeAccount) =>
    doing.run(async () => {
      made.value = (await board.office.changeAccount(account.id, fields)).passphrase ?? null;
    }, onChanged);
  return (
    <Dialog title={account.name} close={words.t('room.close')} onClose={onClose} testid="account-card">
      {made.value && (
        <Secret
          text={made.value}
          lead={words.t('office.accounts.passphrase', { name: account.name })}
          name={account.name}
        />
      )}
      <p role="status">{doing.failed}</p>
      <Select
        label={words.t('office.accounts.right')}
        value={account.right}
        options={rights.map((value) => ({ value, label: words.t(`office.right.${value}`) }))}
        onChoose={(right) => change({ right: right as Right })}
      />
      <p class="form-hint">{words.t('office.accounts.ends')}</p>
      <div class="buttons">
        <Button
          icon={KeyRound}
          busy={doing.busy}
          onClick={() => change({ passphrase: '' })}
          testid="account-passphrase"
        >
          {words.t('office.accounts.newPassphrase')}
        </Button>
        {account.disabled ? (
          <Button
            icon={Undo2}
            busy={doing.busy}
            onClick={() => change({ disabled: false })}
            testid="account-enable"
          >
            {words.t('office.accounts.enable')}
          </Button>
        ) : (
          <Button
            icon={Ban}
            look="end"
            busy={doing.busy}
            onClick={() => change({ disabled: true })}
            testid="account-disable"
          >
            {words.t('office.accounts.disable')}
          </Button>
        )}
      </div>
      {account.sessions.length > 0 && (
        <div class="office-sub">
          <h3>{words.t('office.accounts.sessions')}</h3>
          <ul class="office-list">
            {account.sessions.map((session) => (
              <li key={session.id}>
                <span>
                  <strong>{session.browser || words.t('office.own.unknown')}</strong>{' '}
                  <small>{words.t('office.own.seen', { when: moment(format, zone, session.seen_at) })}</small>
                </span>
                <Button
                  busy={doing.busy}
                  onClick={() => doing.run(() => board.office.endSession(account.id, session.id), onChanged)}
                >
                  {words.t('office.own.end')}
                </Button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Dialog>
  );
}
