/** What happened: attendance and results with their evidence, the reports, and who of the staff did what. */
import { useSignal } from '@preact/signals';
import { useDesk } from '../../desk';
import { may } from '../rights';
import { useStaff } from '../staff';
import { AttendanceView } from './attendance';
import { AuditView } from './audit';
import { EraseView } from './erase';
import { OnePager } from './onepager';

const views = ['attendance', 'audit', 'erase'] as const;
type View = (typeof views)[number];

export function RecordPage() {
  const { words } = useDesk();
  const { right } = useStaff();
  const view = useSignal<View>('attendance');
  const printed = useSignal<string | null>(null);
  const offered = views.filter((key) => key !== 'erase' || may(right, 'administrator'));
  if (printed.value) {
    return (
      <OnePager
        consultation={printed.value}
        onClose={() => {
          printed.value = null;
        }}
      />
    );
  }
  return (
    <>
      <div class="console-top">
        <h1 tabIndex={-1}>{words.t('record.title')}</h1>
        <fieldset class="filters">
          <legend class="hidden">{words.t('record.title')}</legend>
          {offered.map((key) => (
            <button
              key={key}
              type="button"
              class="day"
              aria-pressed={view.value === key}
              data-testid={`record-${key}`}
              onClick={() => {
                view.value = key;
              }}
            >
              {words.t(`record.views.${key}`)}
            </button>
          ))}
        </fieldset>
      </div>
      <Chosen
        view={view.value}
        onPrint={(consultation) => {
          printed.value = consultation;
        }}
      />
    </>
  );
}

function Chosen({ view, onPrint }: { view: View; onPrint: (consultation: string) => void }) {
  switch (view) {
    case 'attendance':
      return <AttendanceView onPrint={onPrint} />;
    case 'audit':
      return <AuditView />;
    case 'erase':
      return <EraseView />;
  }
}
