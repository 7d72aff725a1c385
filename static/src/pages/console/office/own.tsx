/** The own account: where it is signed in, its passphrase, the way out. A console opened by a link has none. */
import { useSignal } from '@preact/signals';
import { LogOut } from 'lucide-preact';
import { Button } from '../../../ui/button';
import { Field } from '../../../ui/field';
import { useDesk, zoneOf } from '../../desk';
import { useDoing } from '../doing';
import { useLoaded } from '../loaded';
import { useStaff } from '../staff';
import { moment } from './moment';
import { Part } from './part';

export function Own() {
  const { words, visit } = useDesk();
  const { board, right } = useStaff();
  const you = visit.bootstrap.value?.you;
  const signedIn = visit.signedIn;
  const leave = () => void board.office.own.signOut().finally(() => window.location.assign('/sign-in'));
  return (
    <Part
      title={words.t('office.own.title', { name: you?.name ?? '' })}
      lead={words.t(signedIn ? 'office.own.account' : 'office.own.link', {
        right: words.t(`office.right.${right}`),
      })}
      testid="own"
      action={
        signedIn && (
          <Button icon={LogOut} onClick={leave} testid="sign-out">
            {words.t('signIn.out')}
          </Button>
        )
      }
    >
      {signedIn && <Sessions />}
      {signedIn && <Passphrase />}
    </Part>
  );
}

function Sessions() {
  const desk = useDesk();
  const { words } = desk;
  const { board } = useStaff();
  const sessions = useLoaded(() => board.office.own.sessions());
  const doing = useDoing();
  const zone = zoneOf(desk);
  const format = desk.format.value;
  return (
    <div class="office-sub">
      <h3>{words.t('office.own.sessions')}</h3>
      <p role="status">{doing.failed}</p>
      <ul class="office-list">
        {sessions.value?.map((session) => (
          <li key={session.id} data-testid="session">
            <span>
              <strong>{session.browser || words.t('office.own.unknown')}</strong>{' '}
              <small>
                {words.t(session.own ? 'office.own.here' : 'office.own.seen', {
                  when: moment(format, zone, session.seen_at),
                })}
              </small>
            </span>
            {!session.own && (
              <Button
                busy={doing.busy}
                onClick={() =>
                  doing.run(
                    () => board.office.own.endSession(session.id),
                    () => void sessions.load(),
                  )
                }
              >
                {words.t('office.own.end')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Passphrase() {
  const { words } = useDesk();
  const { board } = useStaff();
  const doing = useDoing();
  const old = useSignal('');
  const next = useSignal('');
  const change = () =>
    doing.run(
      () => board.office.own.changePassphrase(old.value, next.value),
      () => {
        old.value = '';
        next.value = '';
      },
    );
  return (
    <form
      class="office-sub office-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (old.value && next.value) change();
      }}
    >
      <h3>{words.t('office.own.passphrase')}</h3>
      <Field
        label={words.t('office.own.old')}
        type="password"
        complete="current-password"
        value={old.value}
        length={200}
        testid="old-passphrase"
        onChange={(value) => {
          old.value = value;
        }}
      />
      <Field
        label={words.t('office.own.new')}
        hint={words.t('office.own.rule')}
        type="password"
        complete="new-password"
        value={next.value}
        length={200}
        testid="new-passphrase"
        onChange={(value) => {
          next.value = value;
        }}
      />
      <Button type="submit" busy={doing.busy} testid="change-passphrase">
        {words.t('office.own.change')}
      </Button>
      <p role="status" data-testid="passphrase-told">
        {doing.failed ?? (doing.done && words.t('office.own.changed'))}
      </p>
    </form>
  );
}
