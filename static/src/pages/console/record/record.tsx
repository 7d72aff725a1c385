/** What happened: attendance and results with their evidence, the reports, and who of the staff did what. */
import { useSignal } from '@preact/signals';
import { useDesk } from '../../desk';
import { may } from '../rights';
import { useStaff } from '../staff';
import { AttendanceView } from './attendance';
import { AuditView } from './audit';
import { EraseView } from './erase';

const views = ['attendance', 'audit', 'erase'] as const;
type View = (typeof views)[number];

export function RecordPage() {
  const { words } = useDesk();
  const { right } = useStaff();
  const view = useSignal<View>('attendance');
  const offered = views.filter((key) => key !== 'erase' || may(right, 'administrator'));
  return (
    <>
      <div class="console-top no-print">
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
      <Chosen view={view.value} />
    </>
  );
}

function Chosen({ view }: { view: View }) {
  switch (view) {
    case 'attendance':
      return <AttendanceView />;
    case 'audit':
      return <AuditView />;
    case 'erase':
      return <EraseView />;
  }
}
