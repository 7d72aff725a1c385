/** One change of the timetable: what, then what it would do, then the change itself. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Timetable, TimetableItem } from '../../../protocol/types';
import type { Edit } from '../../../room/desk/timetable';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { Select } from '../../../ui/select';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { useStaff } from '../staff';
import { Change } from './change';
import { begin, type Draft, type Op, request } from './draft';
import { Fields } from './fields';

export type Begun =
  | { op: 'create'; day: string }
  | { op: 'add_stand_by' }
  | { op: 'change'; item: TimetableItem };

interface Props {
  begun: Begun;
  table: Timetable;
  onClose: () => void;
}

export function EditDialog({ begun, table, onClose }: Props) {
  const desk = useDesk();
  const { words } = desk;
  const { timetable } = useStaff();
  const zone = zoneOf(desk);
  const item = begun.op === 'change' ? begun.item : null;
  const ops = opsOf(begun);
  const op = useSignal<Op>(ops[0] ?? 'reschedule');
  const draft = useSignal<Draft>(begin(begun, table, zone));
  useEffect(() => {
    timetable.editing.reset();
    return () => timetable.editing.reset();
  }, [timetable]);
  const set = (change: Partial<Draft>) => {
    draft.value = { ...draft.value, ...change };
    timetable.editing.reset();
  };
  const edit: Edit | null = request(op.value, draft.value, item);
  const format = desk.format.value;
  const title = item
    ? `${item.id} · ${format.shortDay(at(item.starts_at), zone)} ${format.time(at(item.starts_at), zone)}`
    : words.t(`edit.op.${op.value}`);
  return (
    <Dialog title={title} close={words.t('room.close')} onClose={onClose} testid="edit-dialog">
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (edit) void timetable.check(edit);
        }}
      >
        {item && (
          <Select
            label={words.t('edit.what')}
            value={op.value}
            testid="edit-op"
            options={ops.map((value) => ({ value, label: words.t(`edit.op.${value}`) }))}
            onChoose={(value) => {
              op.value = value as Op;
              timetable.editing.reset();
            }}
          />
        )}
        <Fields op={op.value} draft={draft.value} set={set} table={table} item={item} zone={zone} />
        <p class="form-hint">{words.t('edit.clock', { zone: format.zone(zone, desk.now.value) })}</p>
        <div class="buttons">
          <Button type="submit" busy={!edit} testid="edit-check">
            {words.t('change.check')}
          </Button>
        </div>
      </form>
      <Change
        proposal={timetable.editing}
        table={table}
        done={
          <Button look="main" onClick={onClose} testid="edit-done">
            {words.t('change.close')}
          </Button>
        }
      />
    </Dialog>
  );
}

function opsOf(begun: Begun): readonly Op[] {
  if (begun.op !== 'change') return [begun.op];
  return begun.item.cancelled
    ? ['restore']
    : ['reschedule', 'move_booth', 'swap_booths', 'set_interpreter', 'replace_buyer', 'cancel'];
}
