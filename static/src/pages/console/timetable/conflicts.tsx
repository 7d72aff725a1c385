import { TriangleAlert } from 'lucide-preact';
import type { TableProblem, Timetable, TimetableConflict } from '../../../protocol/types';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { useConflict, useProblem } from '../told';

interface Props {
  conflicts: readonly TimetableConflict[];
  table: Timetable | null;
  title: string;
}

/** What does not fit: which consultations, why, and what can be done. */
export function Conflicts({ conflicts, table, title }: Props) {
  const desk = useDesk();
  const { words } = desk;
  const told = useConflict();
  const zone = zoneOf(desk);
  const starts = new Map(table?.consultations.map((item) => [item.id, at(item.starts_at)]));
  const shown = (id: string): string => {
    const start = starts.get(id);
    return start === undefined
      ? id
      : `${id} ${desk.format.value.shortDay(start, zone)} ${desk.format.value.time(start, zone)}`;
  };
  if (conflicts.length === 0) {
    return null;
  }
  return (
    <section class="conflicts" data-tone="wait" data-testid="conflicts">
      <h3>
        <TriangleAlert size={20} aria-hidden="true" /> {title}
      </h3>
      <ul>
        {conflicts.map((conflict) => (
          <li
            key={`${conflict.code} ${conflict.party} ${conflict.consultations.join()}`}
            data-code={conflict.code}
          >
            <strong>{conflict.consultations.map(shown).join(', ')}</strong>
            {conflict.rows && conflict.rows.length > 0 && (
              <small>{words.t('timetable.rows', { rows: conflict.rows.join(', ') })}</small>
            )}
            <span>{told(conflict)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What is wrong in a file, with its row and column, as a spreadsheet names them. */
export function Problems({ problems, title }: { problems: readonly TableProblem[]; title: string }) {
  const { words } = useDesk();
  const told = useProblem();
  if (problems.length === 0) {
    return null;
  }
  return (
    <table class="list problems" data-testid="problems">
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">{words.t('timetable.row')}</th>
          <th scope="col">{words.t('timetable.column')}</th>
          <th scope="col">{words.t('timetable.problem')}</th>
        </tr>
      </thead>
      <tbody>
        {problems.map((problem, index) => (
          <tr key={`${index} ${problem.code}`} data-code={problem.code}>
            <td class="digits">
              <span class="list-label">{words.t('timetable.row')}</span>
              {problem.row > 0 ? problem.row : words.t('timetable.wholeFile')}
            </td>
            <td>
              {problem.column && (
                <>
                  <span class="list-label">{words.t('timetable.column')}</span>
                  <bdi>{problem.column}</bdi>
                  {problem.params?.cell && <small> ({problem.params.cell})</small>}
                </>
              )}
            </td>
            <td>{told(problem)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
