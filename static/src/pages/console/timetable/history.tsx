/** Who changed what, newest first. */
import { useEffect } from 'preact/hooks';
import { Button } from '../../../ui/button';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { useStaff } from '../staff';
import { Plan } from './plan';

export function History() {
  const desk = useDesk();
  const { words } = desk;
  const { timetable } = useStaff();
  const zone = zoneOf(desk);
  useEffect(() => {
    void timetable.loadLog();
  }, [timetable]);
  const edits = timetable.log.value;
  return (
    <section aria-label={words.t('timetable.views.history')} class="history">
      {timetable.logFailed.value && <p role="status">{words.t('failure.unreachable')}</p>}
      {edits.length === 0 && !timetable.logFailed.value && (
        <p class="console-empty">{words.t('timetable.noHistory')}</p>
      )}
      <ol>
        {edits.map((edit) => (
          <li key={edit.id} class="history-edit" data-testid="history-edit">
            <div class="history-head">
              <strong>{words.t(`edit.op.${edit.op}`)}</strong>
              <span>
                <bdi>{edit.by}</bdi>
              </span>
              <time dateTime={edit.at}>
                {desk.format.value.shortDay(at(edit.at), zone)} {desk.format.value.time(at(edit.at), zone)}
              </time>
            </div>
            {edit.changes.length > 6 ? (
              <details>
                <summary>{words.t('timetable.changes', { count: edit.changes.length })}</summary>
                <Plan items={edit.changes} />
              </details>
            ) : (
              <Plan items={edit.changes} />
            )}
          </li>
        ))}
      </ol>
      {timetable.logMore.value && (
        <Button onClick={() => void timetable.loadLog(true)}>{words.t('timetable.older')}</Button>
      )}
    </section>
  );
}
