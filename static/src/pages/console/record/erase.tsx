/** A participant's wish to be forgotten: what goes and what stays is said before anything is done. */
import { useSignal } from '@preact/signals';
import { Check, Eraser, X } from 'lucide-preact';
import { useEffect } from 'preact/hooks';
import type { Erasure } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { Select } from '../../../ui/select';
import { useDesk } from '../../desk';
import { useStaff } from '../staff';
import { Waits } from '../waits';
import { Confirm } from '../wall/confirm';
import { partiesOf } from './parties';

export function EraseView() {
  const { words } = useDesk();
  const { board, timetable } = useStaff();
  const party = useSignal('');
  const asking = useSignal(false);
  const done = useSignal<Erasure | null>(null);
  useEffect(() => {
    void timetable.table.load();
  }, [timetable]);
  const load = timetable.table.now.value;
  const parties = load.at === 'ready' ? partiesOf(load.value) : [];
  const chosen = parties.find(({ id }) => id === party.value);
  return (
    <section class="card office-part record-erase" data-testid="erase">
      <p>{words.t('record.erase.lead')}</p>
      <Waits load={load} again={() => void timetable.table.load()} />
      <Select
        label={words.t('record.erase.party')}
        value={party.value}
        options={[
          { value: '', label: words.t('record.erase.choose') },
          ...parties.map(({ id, name, role }) => ({
            value: id,
            label: `${name} (${words.t(`role.${role}`)})`,
          })),
        ]}
        onChoose={(id) => {
          party.value = id;
          done.value = null;
        }}
        testid="erase-party"
      />
      <div class="record-erase-sides">
        <div>
          <h2>{words.t('record.erase.goesTitle')}</h2>
          <ul>
            {(['name', 'words', 'links'] as const).map((key) => (
              <li key={key} data-tone="late">
                <X size={18} aria-hidden="true" />
                {words.t(`record.erase.goes.${key}`)}
              </li>
            ))}
          </ul>
        </div>
        <div>
          <h2>{words.t('record.erase.staysTitle')}</h2>
          <ul>
            {(['counts', 'chain'] as const).map((key) => (
              <li key={key} data-tone="live">
                <Check size={18} aria-hidden="true" />
                {words.t(`record.erase.stays.${key}`)}
              </li>
            ))}
          </ul>
        </div>
      </div>
      {chosen && (
        <div class="buttons">
          <Button
            look="end"
            icon={Eraser}
            testid="erase-begin"
            onClick={() => {
              asking.value = true;
            }}
          >
            {words.t('record.erase.begin')}
          </Button>
        </div>
      )}
      <p role="status" data-testid="erase-told">
        {done.value && words.t('record.erase.done', { ...done.value })}
      </p>
      {asking.value && chosen && (
        <Confirm
          title={words.t('record.erase.title', { name: chosen.name })}
          body={words.t('record.erase.body')}
          yes={words.t('record.erase.yes')}
          testid="confirm-erase"
          act={async (reason) => {
            done.value = await board.office.erase(chosen.id, reason);
            party.value = '';
            void timetable.table.load();
          }}
          onClose={() => {
            asking.value = false;
          }}
        />
      )}
    </section>
  );
}
