import { useSignal } from '@preact/signals';
import type { AttendanceRecord } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { Field } from '../../../ui/field';
import { Select } from '../../../ui/select';
import { useDesk, zoneOf } from '../../desk';
import { useDoing } from '../doing';
import { useStaff } from '../staff';
import { beginPaper, type PaperDraft, paperOf } from './paper';
import { useSeat } from './say';

/** Somebody was there as a paper says, and this page did not see them. */
export function PaperForm({ record, onTyped }: { record: AttendanceRecord; onTyped: () => void }) {
  const desk = useDesk();
  const { words } = desk;
  const { board } = useStaff();
  const doing = useDoing();
  const seatName = useSeat();
  const zone = zoneOf(desk);
  const draft = useSignal<PaperDraft>(beginPaper(record, zone));
  const told = useSignal(false);
  const set = (change: Partial<PaperDraft>) => {
    draft.value = { ...draft.value, ...change };
  };
  const send = () => {
    const paper = paperOf(draft.value, record, zone);
    told.value = paper === null;
    if (paper) {
      doing.run(
        () => board.steer.paper(record.consultation, paper),
        () => {
          set({ provenance: '' });
          onTyped();
        },
      );
    }
  };
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <p class="form-hint">{words.t('record.paper.hint')}</p>
      <div class="form-row record-paper-row">
        <Select
          label={words.t('record.seat')}
          value={draft.value.seat}
          options={record.seats.map(({ seat }) => ({ value: seat, label: seatName(seat) }))}
          onChoose={(seat) => set({ seat })}
          testid="paper-seat"
        />
        <Field
          label={words.t('record.paper.from')}
          type="time"
          value={draft.value.from}
          onChange={(from) => set({ from })}
          testid="paper-from"
        />
        <Field
          label={words.t('record.paper.to')}
          type="time"
          value={draft.value.to}
          onChange={(to) => set({ to })}
          testid="paper-to"
        />
      </div>
      <Field
        label={words.t('record.paper.provenance')}
        hint={words.t('record.paper.provenanceHint')}
        value={draft.value.provenance}
        length={500}
        onChange={(provenance) => set({ provenance })}
        testid="paper-provenance"
      />
      <div class="buttons">
        <Button type="submit" busy={doing.busy} testid="paper-apply">
          {words.t('record.paper.apply')}
        </Button>
      </div>
      <p role="status" class="form-hint" data-testid="paper-told">
        {doing.failed ??
          (told.value ? words.t('record.paper.wanted') : doing.done ? words.t('record.paper.done') : '')}
      </p>
    </form>
  );
}
