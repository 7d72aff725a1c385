/** Who of the staff is here, who helps where, and the hand-over of a shift. */
import { useSignal } from '@preact/signals';
import { ArrowRightLeft, Users } from 'lucide-preact';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { Select } from '../../../ui/select';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { useDoing } from '../doing';
import { may } from '../rights';
import { useStaff } from '../staff';

export function Crew() {
  const { words } = useDesk();
  const { board } = useStaff();
  const open = useSignal(false);
  return (
    <>
      <Button
        icon={Users}
        testid="crew"
        onClick={() => {
          open.value = true;
        }}
      >
        {words.t('crew.button', { count: board.staff.value.length })}
      </Button>
      {open.value && (
        <CrewDialog
          onClose={() => {
            open.value = false;
          }}
        />
      )}
    </>
  );
}

function CrewDialog({ onClose }: { onClose: () => void }) {
  const desk = useDesk();
  const { words, visit } = desk;
  const { board, acts } = useStaff();
  const zone = zoneOf(desk);
  const me = visit.bootstrap.value?.you.id ?? '';
  const boothOf = (id: string | undefined) =>
    board.rows.value.find((row) => row.consultation.id === id)?.consultation.booth;
  return (
    <Dialog
      title={words.t('crew.title')}
      close={words.t('room.close')}
      onClose={onClose}
      testid="crew-dialog"
    >
      <ul class="crew">
        {board.staff.value.map((one) => (
          <li key={one.id} data-testid="crew-one">
            <strong>
              <bdi>{one.name}</bdi> {one.id === me && <span>{words.t('crew.you')}</span>}
            </strong>
            <span class="role">{words.t(`crew.right.${one.right}`)}</span>
            <span>{words.t('crew.rooms', { count: one.rooms })}</span>
            <small>
              {words.t('crew.since', { time: desk.format.value.time(at(one.since), zone) })}
              {boothOf(one.helps) && ` · ${words.t('crew.helps', { booth: boothOf(one.helps) ?? '' })}`}
            </small>
          </li>
        ))}
      </ul>
      {acts && <HandOver />}
    </Dialog>
  );
}

function HandOver() {
  const { words, visit } = useDesk();
  const { board } = useStaff();
  const doing = useDoing();
  const me = visit.bootstrap.value?.you.id ?? '';
  const rooms = board.rows.value.filter((row) => row.care?.id === me).length;
  const others = board.staff.value.filter((one) => one.id !== me && may(one.right, 'coordinator'));
  const chosen = useSignal('');
  const given = useSignal('');
  const to = others.find(({ id }) => id === chosen.value) ?? others[0];
  return (
    <section class="card-part" aria-labelledby="hand-over">
      <h3 id="hand-over">
        <ArrowRightLeft size={20} aria-hidden="true" /> {words.t('crew.handOver')}
      </h3>
      {rooms === 0 ? (
        !doing.done && <p>{words.t('crew.handOverNone')}</p>
      ) : to ? (
        <>
          <p>{words.t('crew.handOverHint', { count: rooms })}</p>
          <Select
            label={words.t('crew.to')}
            value={to.id}
            options={others.map(({ id, name }) => ({ value: id, label: name }))}
            onChoose={(id) => {
              chosen.value = id;
            }}
            testid="hand-over-to"
          />
          <div class="buttons">
            <Button
              look="main"
              busy={doing.busy}
              testid="hand-over"
              onClick={() => {
                given.value = to.name;
                doing.run(() => board.steer.handOver(to.id));
              }}
            >
              {words.t('crew.confirm', { name: to.name })}
            </Button>
          </div>
        </>
      ) : (
        <p>{words.t('crew.handOverAlone')}</p>
      )}
      <p role="status" class="card-result">
        {doing.failed ?? (doing.done && words.t('crew.done', { name: given.value }))}
      </p>
    </section>
  );
}
