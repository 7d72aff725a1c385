/** The people of a room: picture, media truth with the remedy, and what can be done for one of them. */
import { useSignal } from '@preact/signals';
import {
  Activity,
  MessageSquare,
  MicOff,
  MonitorPlay,
  SlidersHorizontal,
  UserCheck,
  UserX,
  Video,
  VideoOff,
} from 'lucide-preact';
import type { Row, SeatState, Vitals } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { Meter } from '../../../ui/meter';
import { Sign, State } from '../../../ui/state';
import { plain } from '../../../ui/text';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { useDoing } from '../doing';
import { useStaff } from '../staff';
import { Confirm } from './confirm';
import { DevicesDialog } from './devices';
import { DiagnosticsDialog } from './diagnostics';
import { Frame } from './frame';
import { type Fact, factsOf, lookOf, lookOfQuality, type Saying, sayingOf, sickOf } from './truth';
import { parts } from './use';

export function People({ row }: { row: Row }) {
  const { words } = useDesk();
  const { board } = useStaff();
  const vitals = board.vitals.value.get(row.consultation.id) ?? row.vitals ?? [];
  const here = row.seats.filter(({ state }) => state === 'here' || state === 'away' || state === 'lobby');
  return (
    <section class="card-part" id={parts.people} tabIndex={-1} aria-labelledby="people">
      <h3 id="people">{words.t('detail.people')}</h3>
      {here.length === 0 && <p class="room-quiet">{words.t('detail.nobody')}</p>}
      <ul class="room-people">
        {here.map((seat) => (
          <Someone
            key={seat.seat}
            row={row}
            seat={seat}
            vitals={vitals.find((one) => one.seat === seat.seat) ?? null}
          />
        ))}
      </ul>
      {(row.auxiliaries ?? []).length > 0 && (
        <ul class="room-devices">
          {(row.auxiliaries ?? []).map(({ id, kind, name, sources }) => (
            <li key={id} data-testid="room-device" data-kind={kind} data-sends={sources.includes('closeup')}>
              {kind === 'encoder' ? (
                <Video size={18} aria-hidden="true" />
              ) : (
                <MonitorPlay size={18} aria-hidden="true" />
              )}
              <span>
                {words.t(kind === 'encoder' ? 'auxiliary.closeup' : 'auxiliary.watches', {
                  name: plain(name),
                })}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface SomeoneProps {
  row: Row;
  seat: SeatState;
  vitals: Vitals | null;
}

function Someone({ row, seat, vitals }: SomeoneProps) {
  const desk = useDesk();
  const { words } = desk;
  const { acts } = useStaff();
  const here = seat.state === 'here' || seat.state === 'away';
  const since = seat.since ? desk.format.value.time(at(seat.since), zoneOf(desk)) : null;
  const name = seat.name || words.t(`role.${seat.role}`);
  return (
    <li class="room-person" data-testid="room-person" data-seat={seat.seat}>
      <div class="room-person-head">
        <span class="role" data-role={seat.role}>
          {words.t(`role.${seat.role}`)}
        </span>
        <strong>
          <bdi>{name}</bdi>
        </strong>
        <small>
          {since
            ? words.t(`console.since.${seat.state}`, { time: since })
            : words.t(`console.seat.${seat.state}`)}
        </small>
      </div>
      {here && (
        <div class="room-person-body">
          {(seat.role === 'firm' || seat.role === 'buyer' || seat.role === 'interpreter') && (
            <Frame row={row} of={seat.role} seat={seat.seat} />
          )}
          <Truth vitals={vitals} seat={seat} />
        </div>
      )}
      {acts && <Actions row={row} seat={seat} name={name} />}
    </li>
  );
}

function Truth({ vitals, seat }: { vitals: Vitals | null; seat: SeatState }) {
  const { words } = useDesk();
  const say = useFact();
  const saying = useSaying();
  if (!vitals) return <p class="room-quiet">{words.t('truth.unknown')}</p>;
  const look = lookOfQuality(vitals.quality);
  const facts = factsOf(vitals);
  return (
    <div class="truth">
      <State tone={look.tone} shape={look.shape} testid="quality">
        {words.t(`truth.quality.${vitals.quality}`)}
      </State>
      <p class="truth-saying" data-testid="saying">
        {saying(sayingOf(vitals))}
      </p>
      {seat.sources.includes('microphone') && (
        <Meter level={vitals.level / 100} label={words.t('lobby.level')} />
      )}
      {sickOf(vitals).map(({ symptom, rank }) => {
        const { tone, shape } = lookOf(rank);
        return (
          <div key={symptom} class="truth-symptom" data-tone={tone} data-testid="symptom">
            <strong>
              <Sign shape={shape} />
              {words.t(`truth.symptom.${symptom}`)}
            </strong>
            <span>{words.t(`truth.remedy.${symptom}`)}</span>
          </div>
        );
      })}
      {facts.length > 0 && (
        <details class="truth-figures" data-testid="figures">
          <summary>{words.t('truth.figures')}</summary>
          <ul class="truth-facts">
            {facts.map((fact) => (
              <li key={fact.fact}>{say(fact)}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function useSaying(): (saying: Saying) => string {
  const { words } = useDesk();
  return (saying) => {
    switch (saying.says) {
      case 'up':
      case 'down':
      case 'both':
        return words.t(`truth.says.${saying.says}.${saying.how}`);
      case 'help':
        return words.t(`truth.says.help.${saying.symptom}`);
      case 'none':
      case 'early':
      case 'well':
      case 'someTrouble':
        return words.t(`truth.says.${saying.says}`);
    }
  };
}

function useFact(): (fact: Fact) => string {
  const { words } = useDesk();
  return (fact) => {
    switch (fact.fact) {
      case 'route':
        return words.t(`truth.route.${fact.route}`);
      case 'rtt':
        return words.t('truth.rtt', { ms: fact.ms });
      case 'loss':
      case 'jitter':
      case 'picture':
      case 'score':
        return words.t(`truth.${fact.fact}`, { up: fact.up, down: fact.down });
      case 'line':
        return words.t('truth.line', { kbps: fact.kbps });
      case 'frozen':
      case 'concealed':
        return words.t(`truth.${fact.fact}`, { percent: fact.percent });
      case 'noLoss':
      case 'noFreezes':
        return words.t(`truth.${fact.fact}`);
    }
  };
}

type Shown = 'remove' | 'devices' | 'diagnostics' | null;

function Actions({ row, seat, name }: { row: Row; seat: SeatState; name: string }) {
  const { words } = useDesk();
  const staff = useStaff();
  const { steer } = staff.board;
  const doing = useDoing();
  const shown = useSignal<Shown>(null);
  const { id } = row.consultation;
  const held = (row.held ?? []).includes(seat.seat);
  const here = seat.state === 'here' || seat.state === 'away';
  const show = (what: Shown) => () => {
    shown.value = what;
  };
  return (
    <>
      <div class="buttons room-person-do">
        {held && (
          <Button
            look="main"
            icon={UserCheck}
            busy={doing.busy}
            testid="admit"
            onClick={() => doing.run(() => steer.admit(id, seat.seat, ''))}
          >
            {words.t('steer.admit')}
          </Button>
        )}
        {seat.sources.includes('microphone') && (
          <Button
            icon={MicOff}
            busy={doing.busy}
            testid="mute-microphone"
            onClick={() => doing.run(() => steer.mute(id, seat.seat, 'microphone', ''))}
          >
            {words.t('steer.muteMicrophone')}
          </Button>
        )}
        {seat.sources.includes('camera') && (
          <Button
            icon={VideoOff}
            busy={doing.busy}
            testid="mute-camera"
            onClick={() => doing.run(() => steer.mute(id, seat.seat, 'camera', ''))}
          >
            {words.t('steer.muteCamera')}
          </Button>
        )}
        <Button
          icon={MessageSquare}
          testid="write-person"
          onClick={() => {
            staff.writing.value = seat.seat;
            staff.letters.value = true;
          }}
        >
          {words.t('steer.write')}
        </Button>
        {here && (
          <>
            <Button icon={SlidersHorizontal} testid="devices" onClick={show('devices')}>
              {words.t('steer.devices')}
            </Button>
            <Button icon={Activity} testid="diagnose" onClick={show('diagnostics')}>
              {words.t('steer.diagnose')}
            </Button>
            <Button icon={UserX} testid="remove" onClick={show('remove')}>
              {words.t('steer.remove')}
            </Button>
          </>
        )}
      </div>
      <p role="status" class="card-result">
        {doing.failed}
      </p>
      {shown.value === 'devices' && (
        <DevicesDialog consultation={id} seat={seat.seat} name={name} onClose={show(null)} />
      )}
      {shown.value === 'diagnostics' && (
        <DiagnosticsDialog consultation={id} seat={seat.seat} name={name} onClose={show(null)} />
      )}
      {shown.value === 'remove' && (
        <Confirm
          title={words.t('steer.removeTitle', { name })}
          body={words.t('steer.removeBody')}
          yes={words.t('steer.removeYes')}
          testid="confirm-remove"
          act={(reason) => steer.remove(id, seat.seat, reason)}
          onClose={show(null)}
        />
      )}
    </>
  );
}
