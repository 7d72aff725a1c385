/** Who is there already; whoever comes is announced, since the list is a live region. */
import { State } from '../../ui/state';
import { useDesk } from '../desk';
import { presentOf } from './present';

export function Company() {
  const { visit, words } = useDesk();
  const gathering = visit.gathering.value;
  if (!gathering) {
    return null;
  }
  const present = presentOf(gathering);
  return (
    <section class="company" aria-label={words.t('present.title')} data-testid="already-here">
      <h2 class="eyebrow">{words.t('present.title')}</h2>
      {present.length === 0 && <p>{words.t('present.none')}</p>}
      <ul aria-live="polite">
        {present.map(({ key, name, role, word, tone, shape }) => (
          <li key={key} data-role={role}>
            <span>
              <strong>
                <bdi>{name}</bdi>
              </strong>{' '}
              <span class="role" data-role={role}>
                {words.t(`role.${role}`)}
              </span>
            </span>
            <State tone={tone} shape={shape}>
              {words.t(word)}
            </State>
          </li>
        ))}
      </ul>
    </section>
  );
}
