/** How the consultation goes on: longer, elsewhere, its result, its end. */
import { useSignal } from '@preact/signals';
import { DoorClosed, MapPin } from 'lucide-preact';
import { useEffect } from 'preact/hooks';
import type { Row } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { useDesk } from '../../desk';
import { at } from '../../meeting';
import { Extend, Judge } from '../card';
import { useStaff } from '../staff';
import { Change } from '../timetable/change';
import { Waits } from '../waits';
import { freeBooths } from './booths';
import { Confirm } from './confirm';
import { parts } from './use';

export function Run({ row, onClose }: { row: Row; onClose: () => void }) {
  const { words, now } = useDesk();
  const { phase } = row.clock;
  const going = phase === 'live' || phase === 'closing' || phase === 'waiting';
  const done = phase === 'ended' || phase === 'cancelled';
  return (
    <div id={parts.run} tabIndex={-1} class="room-run">
      <h3 class="hidden">{words.t('detail.more')}</h3>
      {going && <Extend row={row} />}
      {!done && <Move row={row} />}
      {phase !== 'cancelled' && at(row.clock.starts_at) <= now.value && <Judge row={row} onClose={onClose} />}
      {(going || phase === 'open') && <End row={row} />}
    </div>
  );
}

/** Offers only booths in which nobody is until the end. The server checks once more before it is done. */
function Move({ row }: { row: Row }) {
  const { words, now } = useDesk();
  const { board, timetable } = useStaff();
  const open = useSignal(false);
  useEffect(() => () => timetable.editing.reset(), [timetable]);
  const load = timetable.table.now.value;
  const { id } = row.consultation;
  if (!open.value) {
    return (
      <section class="card-part">
        <div class="buttons">
          <Button
            icon={MapPin}
            testid="move"
            onClick={() => {
              open.value = true;
              timetable.editing.reset();
              void timetable.table.load();
            }}
          >
            {words.t('steer.move')}
          </Button>
        </div>
      </section>
    );
  }
  const free = load.at === 'ready' ? freeBooths(load.value, row, board.rows.value, now.value) : [];
  return (
    <section class="card-part" aria-labelledby="move">
      <h3 id="move">
        <MapPin size={20} aria-hidden="true" /> {words.t('steer.move')}
      </h3>
      <Waits load={load} again={() => void timetable.table.load()} />
      {load.at === 'ready' && (
        <>
          <p>{words.t(free.length > 0 ? 'steer.moveHint' : 'steer.moveNone')}</p>
          <div class="buttons">
            {free.map((booth) => (
              <Button
                key={booth.id}
                testid="move-to"
                onClick={() =>
                  void timetable.check({ op: 'move_booth', consultation: id, booth: booth.id, live: true })
                }
              >
                <bdi>{booth.name}</bdi>
              </Button>
            ))}
          </div>
          <Change proposal={timetable.editing} table={load.value} />
        </>
      )}
    </section>
  );
}

function End({ row }: { row: Row }) {
  const { words } = useDesk();
  const { steer } = useStaff().board;
  const asked = useSignal(false);
  const { id, firm, buyer } = row.consultation;
  return (
    <section class="card-part">
      <div class="buttons">
        <Button
          icon={DoorClosed}
          testid="end"
          onClick={() => {
            asked.value = true;
          }}
        >
          {words.t('steer.end')}
        </Button>
      </div>
      {asked.value && (
        <Confirm
          title={words.t('steer.endTitle', { firm: firm.name, buyer: buyer.name })}
          body={words.t('steer.endBody')}
          yes={words.t('steer.endYes')}
          testid="confirm-end"
          act={(reason) => steer.end(id, reason)}
          onClose={() => {
            asked.value = false;
          }}
        />
      )}
    </section>
  );
}
