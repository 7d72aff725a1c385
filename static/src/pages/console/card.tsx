/** One consultation and what a coordinator can do about it: prolong it, say how it went, write. */
import { useSignal } from '@preact/signals';
import { Gavel, MessageSquare, TimerReset } from 'lucide-preact';
import { useEffect } from 'preact/hooks';
import type { Row, Verdict } from '../../protocol/types';
import { type Failure, failureOf } from '../../room/desk/load';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Select } from '../../ui/select';
import { useDesk, zoneOf } from '../desk';
import { at } from '../meeting';
import { proposedOf } from './board';
import { useStaff } from './staff';
import { useFailure, useRefusal } from './told';

export function Card({ row, onClose }: { row: Row; onClose: () => void }) {
  const desk = useDesk();
  const { words } = desk;
  const { consultation, clock } = row;
  const format = desk.format.value;
  const zone = zoneOf(desk);
  const running = clock.phase === 'live' || clock.phase === 'closing' || clock.phase === 'waiting';
  return (
    <Dialog
      title={`${consultation.booth} · ${format.time(at(clock.starts_at), zone)}–${format.time(at(clock.ends_at), zone)}`}
      close={words.t('room.close')}
      onClose={onClose}
      testid="card"
    >
      <p class="card-who">
        <bdi>{consultation.firm.name}</bdi> · <bdi>{consultation.buyer.name}</bdi> ·{' '}
        {format.country(consultation.buyer.country)} · {words.t(`phase.${clock.phase}`)}
      </p>
      {running && <Extend row={row} />}
      {clock.phase !== 'cancelled' && at(clock.starts_at) <= desk.now.value && (
        <Judge row={row} onClose={onClose} />
      )}
      <Write row={row} onClose={onClose} />
    </Dialog>
  );
}

export function Extend({ row }: { row: Row }) {
  const desk = useDesk();
  const { words } = desk;
  const { timetable } = useStaff();
  const failure = useFailure();
  const refusal = useRefusal();
  const { id } = row.consultation;
  const state = timetable.extending.now.value;
  const format = desk.format.value;
  const zone = zoneOf(desk);
  useEffect(() => {
    timetable.extending.reset();
    void timetable.table.load();
    return () => timetable.extending.reset();
  }, [timetable]);
  const steps = timetable.table.value?.policy.extension_minutes ?? [];
  const busy = state.at === 'checking' || state.at === 'applying';
  return (
    <section class="card-part" aria-labelledby="extend">
      <h3 id="extend">
        <TimerReset size={20} aria-hidden="true" /> {words.t('extend.title')}
      </h3>
      <div class="buttons">
        {(steps.length > 0 ? steps : [5, 10]).map((minutes) => (
          <Button
            key={minutes}
            busy={busy}
            testid={`extend-${minutes}`}
            onClick={() => void timetable.checkExtension(id, minutes)}
          >
            {words.t('extend.by', { count: minutes })}
          </Button>
        ))}
      </div>
      <div role="status" class="card-result">
        {state.at === 'checking' && words.t('change.checking')}
        {state.at === 'applied' &&
          words.t('extend.done', { time: format.time(at(state.outcome.ends_at), zone) })}
        {state.at === 'stale' && words.t('change.stale')}
        {state.at === 'failed' && failure(state.why)}
        {(state.at === 'checked' || state.at === 'applying') &&
          (state.outcome.refusal ? (
            refusal(state.outcome.refusal)
          ) : (
            <>
              <p>
                <strong>
                  {words.t('extend.until', { time: format.time(at(state.outcome.ends_at), zone) })}
                </strong>{' '}
                {state.outcome.delays.length === 0
                  ? words.t('extend.nobody')
                  : words.t('extend.delays', { count: state.outcome.delays.length })}
              </p>
              <ul class="delays" data-testid="delays">
                {state.outcome.delays.map((delay) => (
                  <li key={delay.consultation}>
                    <strong>
                      <bdi>{delay.booth}</bdi> · <bdi>{delay.firm}</bdi> · <bdi>{delay.buyer}</bdi>
                    </strong>
                    <span>
                      {words.t('extend.later', {
                        minutes: words.t('time.minutes', { count: delay.minutes }),
                        time: format.time(at(delay.starts_at), zone),
                      })}
                    </span>
                    <small>
                      {words.t('extend.theirs', { time: format.time(at(delay.starts_at), delay.buyer_zone) })}
                      {' · '}
                      {words.t('extend.why', {
                        what: format.list(delay.why.map((cause) => words.t(`extend.cause.${cause}`))),
                      })}
                    </small>
                  </li>
                ))}
              </ul>
              <Button
                look="main"
                busy={state.at === 'applying'}
                testid="extend-apply"
                onClick={() => void timetable.extending.apply()}
              >
                {words.t(state.outcome.delays.length === 0 ? 'extend.apply' : 'extend.applyDelays')}
              </Button>
            </>
          ))}
      </div>
    </section>
  );
}

const verdicts = [
  'no_show_buyer',
  'no_show_firm',
  'no_show_both',
  'technical',
  'held_by_phone',
  'held',
  'short',
] as const satisfies readonly Verdict[];

interface JudgeProps {
  row: Row;
  /** what the record says by itself, where it is known: whoever changes nothing does not change that */
  stands?: Verdict;
  onClose: () => void;
}

export function Judge({ row, stands, onClose }: JudgeProps) {
  const { words } = useDesk();
  const { board } = useStaff();
  const failure = useFailure();
  const proposed = proposedOf(row);
  const given = row.verdict && row.verdict !== 'pending' ? row.verdict : null;
  const chosen = useSignal<Verdict>(
    given ?? proposed ?? verdicts.find((one) => one === stands) ?? 'technical',
  );
  const reason = useSignal('');
  const state = useSignal<'idle' | 'busy' | { failed: Failure }>('idle');
  const send = (verdict: Verdict) => {
    if (state.value === 'busy') return;
    state.value = 'busy';
    board.desk.verdict(row.consultation.id, verdict, reason.value.trim()).then(onClose, (cause) => {
      state.value = { failed: failureOf(cause) };
    });
  };
  const failed = typeof state.value === 'object' ? state.value.failed : null;
  return (
    <section class="card-part" aria-labelledby="judge">
      <h3 id="judge">
        <Gavel size={20} aria-hidden="true" /> {words.t('verdict.title')}
      </h3>
      {proposed && !given && <p>{words.t(`verdict.proposed.${proposed}`)}</p>}
      {given && <p>{words.t('verdict.given', { verdict: words.t(`verdict.${given}`) })}</p>}
      <div class="form-row">
        <Select
          label={words.t('verdict.choose')}
          value={chosen.value}
          options={verdicts.map((value) => ({ value, label: words.t(`verdict.${value}`) }))}
          onChoose={(value) => {
            chosen.value = value as Verdict;
          }}
          testid="verdict"
        />
        <Field
          label={words.t('verdict.reason')}
          value={reason.value}
          length={500}
          testid="verdict-reason"
          onChange={(value) => {
            reason.value = value;
          }}
        />
      </div>
      <div class="buttons">
        <Button
          look="main"
          busy={state.value === 'busy'}
          testid="verdict-apply"
          onClick={() => send(chosen.value)}
        >
          {words.t('verdict.apply')}
        </Button>
        {given && (
          <Button busy={state.value === 'busy'} onClick={() => send('pending')}>
            {words.t('verdict.takeBack')}
          </Button>
        )}
      </div>
      <p role="status" class="card-result">
        {failed && failure(failed)}
      </p>
    </section>
  );
}

function Write({ row, onClose }: { row: Row; onClose: () => void }) {
  const { words } = useDesk();
  const staff = useStaff();
  const { id } = row.consultation;
  const to = (address: string) => () => {
    onClose();
    staff.writing.value = address;
    staff.letters.value = true;
  };
  return (
    <section class="card-part" aria-labelledby="write">
      <h3 id="write">
        <MessageSquare size={20} aria-hidden="true" /> {words.t('letters.write')}
      </h3>
      <div class="buttons">
        <Button onClick={to(`${id}/firm`)}>{words.t('role.firm')}</Button>
        <Button onClick={to(`${id}/buyer`)}>{words.t('role.buyer')}</Button>
        <Button onClick={to(`${id}/interpreter`)}>{words.t('role.interpreter')}</Button>
        <Button onClick={to(id)} testid="write-consultation">
          {words.t('letters.whole')}
        </Button>
      </div>
    </section>
  );
}
