import { Pencil } from 'lucide-preact';
import { sameClock } from '../../../i18n/format';
import type { Timetable, TimetableItem } from '../../../protocol/types';
import { State } from '../../../ui/state';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { signOf } from '../../phases';
import { useStaff } from '../staff';
import { useConflict } from '../told';

interface Props {
  table: Timetable;
  items: readonly TimetableItem[];
  onEdit: (item: TimetableItem) => void;
}

export function Rows({ table, items, onEdit }: Props) {
  const { words } = useDesk();
  if (items.length === 0) {
    return <p class="console-empty">{words.t('console.empty')}</p>;
  }
  return (
    <table class="list" data-testid="timetable">
      <caption class="hidden">{words.t('timetable.title')}</caption>
      <thead>
        <tr>
          <th scope="col">{words.t('console.time')}</th>
          <th scope="col">{words.t('console.booth')}</th>
          <th scope="col">{words.t('console.firm')}</th>
          <th scope="col">{words.t('console.buyer')}</th>
          <th scope="col">{words.t('console.others')}</th>
          <th scope="col">{words.t('console.state')}</th>
          <th scope="col">
            <span class="hidden">{words.t('console.actions')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <Row key={item.id} table={table} item={item} onEdit={onEdit} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ table, item, onEdit }: { table: Timetable; item: TimetableItem; onEdit: Props['onEdit'] }) {
  const { acts } = useStaff();
  const desk = useDesk();
  const { words } = desk;
  const told = useConflict();
  const zone = zoneOf(desk);
  const format = desk.format.value;
  const starts = at(item.starts_at);
  const firm = table.firms.find((one) => one.id === item.firm);
  const buyer = table.buyers.find((one) => one.id === item.buyer);
  const interpreter = table.interpreters.find((one) => one.id === item.interpreter);
  const booth = table.booths.find((one) => one.id === item.booth);
  const conflicts = item.cancelled
    ? []
    : table.conflicts.filter((conflict) => conflict.consultations.includes(item.id));
  const phase = item.cancelled ? 'cancelled' : item.phase;
  const sign = signOf(phase);
  const fixed = phase === 'live' || phase === 'closing' || phase === 'ended';
  return (
    <tr
      data-testid="timetable-row"
      data-consultation={item.id}
      data-phase={phase}
      data-conflict={conflicts.length > 0}
    >
      <td class="list-time">
        <time dateTime={item.starts_at}>{format.time(starts, zone)}</time>
        <small>–{format.time(at(item.ends_at), zone)}</small>
        <small class="list-id">{item.id}</small>
      </td>
      <td class="list-booth">
        <bdi>{booth?.name ?? item.booth}</bdi>
      </td>
      <td>
        <strong>
          <bdi>{firm?.name ?? item.firm}</bdi>
        </strong>
      </td>
      <td>
        <strong>
          <bdi>{buyer?.name ?? item.buyer}</bdi>
        </strong>{' '}
        {buyer && (
          <small>
            {format.country(buyer.country)}
            {!sameClock(buyer.zone, zone, starts) && (
              <>
                {' · '}
                {format.shortDay(starts, buyer.zone)} {format.time(starts, buyer.zone)}
              </>
            )}
          </small>
        )}
      </td>
      <td>{interpreter ? <bdi>{interpreter.name}</bdi> : <small>{words.t('lobby.noInterpreter')}</small>}</td>
      <td class="list-state">
        <State tone={sign.tone} shape={sign.shape}>
          {words.t(`phase.${phase}`)}
        </State>
        {conflicts.map((conflict) => (
          <p key={`${conflict.code} ${conflict.consultations.join()}`} class="list-conflict" data-tone="wait">
            {told(conflict)}
          </p>
        ))}
      </td>
      <td class="list-action">
        {!fixed && acts && (
          <button
            type="button"
            class="button"
            data-look="plain"
            data-testid="edit"
            onClick={() => onEdit(item)}
          >
            <Pencil size={18} aria-hidden="true" />
            <span>{words.t('edit.change')}</span>
            <span class="hidden">{item.id}</span>
          </button>
        )}
      </td>
    </tr>
  );
}
