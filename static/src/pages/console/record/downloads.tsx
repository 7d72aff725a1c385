/** Files to take home: tables, the workbook, and the pack that stands up in an audit. */
import { useSignal } from '@preact/signals';
import { Download, FileSpreadsheet, PackageCheck } from 'lucide-preact';
import type { ReportSheet } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { save } from '../../../ui/save';
import { Select } from '../../../ui/select';
import { useDesk } from '../../desk';
import { useDoing } from '../doing';
import { useStaff } from '../staff';
import type { Wanted } from './extract';

const sheets: readonly ReportSheet[] = ['consultations', 'summary', 'attendance', 'no-shows', 'quality'];

export function Downloads({ wanted }: { wanted: Wanted }) {
  const { words, visit } = useDesk();
  const { board, acts } = useStaff();
  const doing = useDoing();
  const sheet = useSignal<ReportSheet>('consultations');
  const event = visit.bootstrap.value?.event.id ?? 'event';
  const language = words.language.value;
  const name = [event, wanted.day, wanted.country].filter(Boolean).join('-');
  const take = (file: () => Promise<Blob>, as: string) => doing.run(async () => save(await file(), as));
  return (
    <div class="record-files">
      <Select
        label={words.t('record.table')}
        value={sheet.value}
        options={sheets.map((value) => ({ value, label: words.t(`record.sheet.${value}`) }))}
        onChoose={(value) => {
          sheet.value = value as ReportSheet;
        }}
        testid="sheet"
      />
      <Button
        icon={Download}
        busy={doing.busy}
        testid="sheet-csv"
        onClick={() =>
          take(() => board.record.sheetFile(sheet.value, wanted, language), `${name}-${sheet.value}.csv`)
        }
      >
        CSV
      </Button>
      {acts && (
        <Button
          icon={FileSpreadsheet}
          busy={doing.busy}
          testid="workbook"
          onClick={() => take(() => board.record.workbook(wanted, language), `${name}.xlsx`)}
        >
          {words.t('record.workbook')}
        </Button>
      )}
      {acts && (
        <Button
          icon={PackageCheck}
          busy={doing.busy}
          testid="pack"
          onClick={() => take(() => board.record.pack(language), `${event}-pack.zip`)}
        >
          {words.t('record.pack')}
        </Button>
      )}
      <p role="status" class="form-hint">
        {doing.failed ??
          words.t(doing.busy ? 'console.preparing' : doing.done ? 'record.taken' : 'record.packHint')}
      </p>
    </div>
  );
}
