import type { Key } from '../../../i18n/words';
import type { FieldChange, PlanItem } from '../../../protocol/types';
import { useDesk, zoneOf } from '../../desk';
import { readable } from './policy';

/** What a change makes, changes and takes away; also how the record tells it. */
export function Plan({ items }: { items: readonly PlanItem[] }) {
  const { words, format: formats } = useDesk();
  const field = useField();
  const format = {
    minutes: (count: number) => words.t('time.minutes', { count }),
    list: formats.value.list,
    tongue: formats.value.tongue,
  };
  return (
    <ul class="plan" data-testid="plan">
      {items.map((item) => (
        <li key={`${item.what} ${item.id} ${item.change}`} data-change={item.change}>
          <span class="plan-change">{words.t(`plan.${item.change}`)}</span>
          <span>
            {words.t(`plan.what.${item.what}`)}{' '}
            <strong>
              <bdi>{item.name || item.id}</bdi>
            </strong>
            {item.name && item.name !== item.id && item.what === 'consultation' && <small> {item.id}</small>}
            {item.why && <span> {words.t(item.why === 'live' ? 'plan.live' : 'plan.ended')}</span>}
          </span>
          {item.fields.length > 0 && (
            <ul>
              {item.fields.map((one) => (
                <li key={one.field}>{field(item.what === 'policy' ? readable(one, format) : one)}</li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}

/** A field before and after, in words; times on the center's clock. */
function useField(): (change: FieldChange) => string {
  const desk = useDesk();
  const { words } = desk;
  const zone = zoneOf(desk);
  const value = (text: string): string => {
    if (text === '') return words.t('plan.nothing');
    if (text === 'true' || text === 'false') return words.t(text === 'true' ? 'plan.yes' : 'plan.no');
    const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN;
    return Number.isNaN(instant)
      ? text
      : `${desk.format.value.shortDay(instant, zone)} ${desk.format.value.time(instant, zone)}`;
  };
  return ({ field, before, after }) => {
    const key = `plan.field.${field}` as Key;
    const name = words.t(key);
    return words.t('plan.fromTo', {
      field: name === key ? field : name,
      before: value(before),
      after: value(after),
    });
  };
}
