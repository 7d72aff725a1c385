/** Keys by which other programs read what goes on. */
import { useSignal } from '@preact/signals';
import { KeyRound } from 'lucide-preact';
import type { Key as ApiKey, NewKey, Scope } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { Check, Field } from '../../../ui/field';
import { Select } from '../../../ui/select';
import { State } from '../../../ui/state';
import { useDesk, zoneOf } from '../../desk';
import { useDoing } from '../doing';
import { useLoaded } from '../loaded';
import { useStaff } from '../staff';
import { moment } from './moment';
import { Part } from './part';
import { Secret } from './secret';

const scopes: readonly Scope[] = ['board', 'records', 'timetable', 'edit'];
const terms = ['90', '365', '0'] as const;

export function Keys() {
  const { words } = useDesk();
  const { board } = useStaff();
  const keys = useLoaded(() => board.office.keys());
  const adding = useSignal(false);
  const doing = useDoing();
  const again = () => void keys.load();
  return (
    <Part
      title={words.t('office.keys.title')}
      lead={words.t('office.keys.lead')}
      load={keys.now.value}
      again={again}
      testid="keys"
      action={
        <Button
          icon={KeyRound}
          testid="add-key"
          onClick={() => {
            adding.value = true;
          }}
        >
          {words.t('office.keys.add')}
        </Button>
      }
    >
      <p role="status">{doing.failed}</p>
      {keys.value?.length === 0 && <p class="form-hint">{words.t('office.keys.none')}</p>}
      <ul class="office-list">
        {keys.value?.map((key) => (
          <Line
            key={key.id}
            one={key}
            busy={doing.busy}
            onRevoke={() => doing.run(() => board.office.revokeKey(key.id), again)}
          />
        ))}
      </ul>
      {adding.value && (
        <AddKey
          onAdded={again}
          onClose={() => {
            adding.value = false;
          }}
        />
      )}
    </Part>
  );
}

function Line({ one, busy, onRevoke }: { one: ApiKey; busy: boolean; onRevoke: () => void }) {
  const desk = useDesk();
  const { words } = desk;
  const format = desk.format.value;
  const zone = zoneOf(desk);
  return (
    <li data-testid="key">
      <span>
        <strong>
          <bdi>{one.name}</bdi>
        </strong>{' '}
        <small>
          {format.list(one.scopes.map((scope) => words.t(`office.scope.${scope}`)))}
          {' · '}
          {one.used_at
            ? words.t('office.keys.used', { when: moment(format, zone, one.used_at) })
            : words.t('office.keys.unused')}
          {one.expires_at &&
            ` · ${words.t('office.keys.until', { when: moment(format, zone, one.expires_at) })}`}
        </small>
      </span>
      {one.revoked ? (
        <State tone="late" shape="cross">
          {words.t('office.keys.revoked')}
        </State>
      ) : (
        <Button busy={busy} onClick={onRevoke} testid="revoke-key">
          {words.t('office.keys.revoke')}
        </Button>
      )}
    </li>
  );
}

function AddKey({ onAdded, onClose }: { onAdded: () => void; onClose: () => void }) {
  const { words } = useDesk();
  const { board } = useStaff();
  const doing = useDoing();
  const name = useSignal('');
  const chosen = useSignal<Scope[]>(['board']);
  const days = useSignal<string>('365');
  const made = useSignal<string | null>(null);
  const add = () => {
    const key: NewKey = { name: name.value.trim(), scopes: chosen.value, days: Number(days.value) };
    doing.run(async () => {
      made.value = (await board.office.addKey(key)).secret ?? '';
    }, onAdded);
  };
  return (
    <Dialog
      title={words.t('office.keys.add')}
      close={words.t('room.close')}
      onClose={onClose}
      testid="add-key-dialog"
    >
      {made.value === null ? (
        <form
          class="form"
          onSubmit={(press) => {
            press.preventDefault();
            if (name.value.trim() && chosen.value.length > 0) add();
          }}
        >
          <Field
            label={words.t('office.keys.name')}
            value={name.value}
            length={120}
            testid="key-name"
            onChange={(value) => {
              name.value = value;
            }}
          />
          <fieldset class="office-scopes">
            <legend>{words.t('office.keys.scopes')}</legend>
            {scopes.map((scope) => (
              <Check
                key={scope}
                checked={chosen.value.includes(scope)}
                onChange={(on) => {
                  chosen.value = on ? [...chosen.value, scope] : chosen.value.filter((one) => one !== scope);
                }}
              >
                {words.t(`office.scope.${scope}`)}
              </Check>
            ))}
          </fieldset>
          {chosen.value.includes('edit') && <p class="form-hint">{words.t('office.keys.enters')}</p>}
          <Select
            label={words.t('office.keys.term')}
            value={days.value}
            options={terms.map((value) => ({ value, label: words.t(`office.term.${value}`) }))}
            onChoose={(value) => {
              days.value = value;
            }}
          />
          <div class="buttons">
            <Button look="main" type="submit" busy={doing.busy} testid="key-yes">
              {words.t('office.keys.addYes')}
            </Button>
          </div>
          <p role="status">{doing.failed}</p>
        </form>
      ) : (
        <Secret text={made.value} lead={words.t('office.keys.secret')} name={name.value} />
      )}
    </Dialog>
  );
}
