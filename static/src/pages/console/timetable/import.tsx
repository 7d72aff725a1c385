/** A timetable from a file: dropped or chosen, looked at in whole, then taken over. */
import { useSignal } from '@preact/signals';
import { FileUp } from 'lucide-preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Timetable } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { Note } from '../../../ui/note';
import { useDesk } from '../../desk';
import { useStaff } from '../staff';
import { Change } from './change';

/** What the server takes; a larger file is told before it travels. */
const largest = 5 * 1024 * 1024;

export function Import({ table }: { table: Timetable }) {
  const { words } = useDesk();
  const { timetable } = useStaff();
  const input = useRef<HTMLInputElement>(null);
  const name = useSignal('');
  const tooLarge = useSignal(false);
  const over = useSignal(false);
  useEffect(() => {
    timetable.importing.reset();
    return () => timetable.importing.reset();
  }, [timetable]);
  const take = (file: File | undefined) => {
    if (!file) return;
    name.value = file.name;
    tooLarge.value = file.size > largest;
    timetable.importing.reset();
    if (!tooLarge.value) void timetable.checkFile(file, file.name);
  };
  return (
    <section class="import" aria-label={words.t('timetable.views.import')}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button in it is the first */}
      <div
        class="drop"
        data-over={over.value}
        onDragOver={(event) => {
          event.preventDefault();
          over.value = true;
        }}
        onDragLeave={() => {
          over.value = false;
        }}
        onDrop={(event) => {
          event.preventDefault();
          over.value = false;
          take(event.dataTransfer?.files[0]);
        }}
      >
        <FileUp size={32} aria-hidden="true" />
        <p>
          <strong>{words.t('import.drop')}</strong>
          <span>{words.t('import.hint')}</span>
        </p>
        <input
          ref={input}
          type="file"
          class="hidden"
          tabIndex={-1}
          aria-hidden="true"
          accept=".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
          data-testid="file"
          onChange={(event) => {
            take(event.currentTarget.files?.[0]);
            // The same file, put right, can be chosen again.
            event.currentTarget.value = '';
          }}
        />
        <Button look="main" onClick={() => input.current?.click()}>
          {words.t('import.choose')}
        </Button>
      </div>
      {name.value && (
        <h2 class="import-name">
          <bdi>{name.value}</bdi>
        </h2>
      )}
      {tooLarge.value ? (
        <Note icon={FileUp} tone="late">
          {words.t('fileProblem.too_large', { limit: 5 })}
        </Note>
      ) : (
        <Change proposal={timetable.importing} table={table} counts />
      )}
    </section>
  );
}
