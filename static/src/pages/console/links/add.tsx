import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { LinkInfo } from '../../../protocol/types';
import { type Failure, failureOf } from '../../../room/desk/load';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { Field } from '../../../ui/field';
import { Select } from '../../../ui/select';
import { useDesk } from '../../desk';
import { useStaff } from '../staff';
import { useFailure } from '../told';

const kinds = ['firm', 'buyer', 'coordinator'] as const;
type Kind = (typeof kinds)[number];

/** A further seat for a colleague elsewhere, or one more coordinator. */
export function AddLink({ onClose, onAdded }: { onClose: () => void; onAdded: (link: LinkInfo) => void }) {
  const { words } = useDesk();
  const { links, timetable } = useStaff();
  const failure = useFailure();
  const kind = useSignal<Kind>('firm');
  const party = useSignal('');
  const name = useSignal('');
  const state = useSignal<'idle' | 'busy' | { failed: Failure }>('idle');
  useEffect(() => {
    void timetable.table.load();
  }, [timetable]);
  const table = timetable.table.value;
  const parties = table ? (kind.value === 'firm' ? table.firms : table.buyers) : [];
  const chosen = parties.some((one) => one.id === party.value) ? party.value : (parties[0]?.id ?? '');
  const ready = kind.value === 'coordinator' ? name.value.trim() !== '' : chosen !== '';
  const add = () => {
    if (!ready || state.value === 'busy') return;
    state.value = 'busy';
    const asked =
      kind.value === 'coordinator'
        ? links.add({ role: 'coordinator', name: name.value.trim() })
        : links.add({ role: kind.value, party: chosen });
    asked.then(onAdded, (cause) => {
      state.value = { failed: failureOf(cause) };
    });
  };
  return (
    <Dialog title={words.t('links.add')} close={words.t('room.close')} onClose={onClose} testid="add-dialog">
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <Select
          label={words.t('links.addWhom')}
          value={kind.value}
          options={kinds.map((value) => ({ value, label: words.t(`links.addKind.${value}`) }))}
          onChoose={(value) => {
            kind.value = value as Kind;
          }}
        />
        {kind.value === 'coordinator' ? (
          <Field
            label={words.t('links.addName')}
            value={name.value}
            required
            length={100}
            onChange={(value) => {
              name.value = value;
            }}
          />
        ) : (
          <Select
            label={words.t(`role.${kind.value}`)}
            value={chosen}
            options={parties.map((one) => ({ value: one.id ?? '', label: one.name }))}
            onChoose={(value) => {
              party.value = value;
            }}
          />
        )}
        <div class="buttons">
          <Button look="main" type="submit" busy={!ready || state.value === 'busy'} testid="add-yes">
            {words.t('links.addYes')}
          </Button>
        </div>
        <p role="status">{typeof state.value === 'object' && failure(state.value.failed)}</p>
      </form>
    </Dialog>
  );
}
