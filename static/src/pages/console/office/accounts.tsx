/** The accounts of the staff, for administrators of the whole installation. */
import { useSignal } from '@preact/signals';
import { UserPlus } from 'lucide-preact';
import type { Account, NewAccount, Right } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { Check, Field } from '../../../ui/field';
import { Select } from '../../../ui/select';
import { State } from '../../../ui/state';
import { useDesk, zoneOf } from '../../desk';
import { useDoing } from '../doing';
import { useLoaded } from '../loaded';
import { useStaff } from '../staff';
import { AccountCard } from './account';
import { moment } from './moment';
import { Part } from './part';
import { Secret } from './secret';

export const rights: readonly Right[] = ['viewer', 'coordinator', 'administrator'];

export function Accounts() {
  const desk = useDesk();
  const { words } = desk;
  const { board } = useStaff();
  const accounts = useLoaded(() => board.office.accounts());
  const open = useSignal<string | null>(null);
  const adding = useSignal(false);
  const load = accounts.now.value;
  const chosen = accounts.value?.find(({ id }) => id === open.value);
  const again = () => void accounts.load();
  // Who administers one event alone is refused by the house: that is no trouble to tell about.
  if (load.at === 'failed' && load.why === 'forbidden') return null;
  return (
    <Part
      title={words.t('office.accounts.title')}
      lead={words.t('office.accounts.lead')}
      load={load}
      again={again}
      testid="accounts"
      action={
        <Button
          icon={UserPlus}
          testid="add-account"
          onClick={() => {
            adding.value = true;
          }}
        >
          {words.t('office.accounts.add')}
        </Button>
      }
    >
      {accounts.value && (
        <table class="list">
          <caption class="hidden">{words.t('office.accounts.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{words.t('office.accounts.name')}</th>
              <th scope="col">{words.t('office.accounts.right')}</th>
              <th scope="col">{words.t('office.accounts.seen')}</th>
              <th scope="col">{words.t('office.accounts.state')}</th>
              <th scope="col">
                <span class="hidden">{words.t('console.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {accounts.value.map((account) => (
              <Row
                key={account.id}
                account={account}
                onOpen={() => {
                  open.value = account.id;
                }}
              />
            ))}
          </tbody>
        </table>
      )}
      {chosen && (
        <AccountCard
          account={chosen}
          onChanged={again}
          onClose={() => {
            open.value = null;
          }}
        />
      )}
      {adding.value && (
        <AddAccount
          onAdded={again}
          onClose={() => {
            adding.value = false;
          }}
        />
      )}
    </Part>
  );
}

function Row({ account, onOpen }: { account: Account; onOpen: () => void }) {
  const desk = useDesk();
  const { words } = desk;
  const seen = account.sessions.map((s) => s.seen_at).sort();
  return (
    <tr data-testid="account" data-login={account.login}>
      <td>
        <strong>
          <bdi>{account.name}</bdi>
        </strong>{' '}
        <small>{account.login}</small>
      </td>
      <td>
        <span class="list-label">{words.t('office.accounts.right')}</span>
        {words.t(`office.right.${account.right}`)}{' '}
        <small>
          {account.events.length > 0 ? account.events.join(', ') : words.t('office.accounts.allEvents')}
        </small>
      </td>
      <td>
        <span class="list-label">{words.t('office.accounts.seen')}</span>
        {moment(desk.format.value, zoneOf(desk), seen.at(-1))}
      </td>
      <td>
        {account.disabled ? (
          <State tone="late" shape="cross">
            {words.t('office.accounts.disabled')}
          </State>
        ) : (
          <State
            tone={account.sessions.length > 0 ? 'live' : 'idle'}
            shape={account.sessions.length > 0 ? 'full' : 'ring'}
          >
            {words.t(account.sessions.length > 0 ? 'office.accounts.signedIn' : 'office.accounts.signedOut')}
          </State>
        )}
      </td>
      <td class="list-action">
        <Button look="plain" onClick={onOpen} testid="account-open">
          {words.t('office.accounts.open')}
        </Button>
      </td>
    </tr>
  );
}

function AddAccount({ onAdded, onClose }: { onAdded: () => void; onClose: () => void }) {
  const { words, visit } = useDesk();
  const { board } = useStaff();
  const doing = useDoing();
  const event = visit.bootstrap.value?.event;
  const login = useSignal('');
  const name = useSignal('');
  const right = useSignal<Right>('coordinator');
  const here = useSignal(true);
  const made = useSignal<string | null>(null);
  const add = () => {
    const account: NewAccount = {
      login: login.value.trim(),
      name: name.value.trim(),
      right: right.value,
      ...(here.value && event ? { events: [event.id] } : {}),
    };
    doing.run(async () => {
      made.value = (await board.office.addAccount(account)).passphrase ?? '';
    }, onAdded);
  };
  return (
    <Dialog
      title={words.t('office.accounts.add')}
      close={words.t('room.close')}
      onClose={onClose}
      testid="add-account-dialog"
    >
      {made.value === null ? (
        <form
          class="form"
          onSubmit={(press) => {
            press.preventDefault();
            if (login.value.trim() && name.value.trim()) add();
          }}
        >
          <Field
            label={words.t('office.accounts.name')}
            value={name.value}
            length={120}
            testid="account-name"
            onChange={(value) => {
              name.value = value;
            }}
          />
          <Field
            label={words.t('office.accounts.login')}
            hint={words.t('office.accounts.loginHint')}
            value={login.value}
            length={64}
            testid="account-login"
            onChange={(value) => {
              login.value = value;
            }}
          />
          <Select
            label={words.t('office.accounts.right')}
            value={right.value}
            options={rights.map((value) => ({ value, label: words.t(`office.right.${value}`) }))}
            onChoose={(value) => {
              right.value = value as Right;
            }}
          />
          <p class="form-hint">{words.t(`office.rightHint.${right.value}`)}</p>
          <Check
            checked={here.value}
            onChange={(checked) => {
              here.value = checked;
            }}
          >
            {words.t('office.accounts.thisEvent')}
          </Check>
          <div class="buttons">
            <Button look="main" type="submit" busy={doing.busy} testid="account-yes">
              {words.t('office.accounts.addYes')}
            </Button>
          </div>
          <p role="status">{doing.failed}</p>
        </form>
      ) : (
        <Secret
          text={made.value}
          lead={words.t('office.accounts.passphrase', { name: name.value })}
          name={name.value}
        />
      )}
    </Dialog>
  );
}
