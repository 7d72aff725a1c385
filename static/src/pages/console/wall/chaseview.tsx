/** The script of the missing: whom to call and how, what came of it, what to offer instead. */
import { useSignal } from '@preact/signals';
import { Gavel, PhoneCall } from 'lucide-preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { Contacted, Row, Script } from '../../../protocol/types';
import { Loaded } from '../../../room/desk/load';
import { Button } from '../../../ui/button';
import { Field } from '../../../ui/field';
import { plain } from '../../../ui/text';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { useDoing } from '../doing';
import { useStaff } from '../staff';
import { Waits } from '../waits';
import { cardsOf, type Stage, stageOf, triesOf } from './chase';
import { ContactCardView } from './contactcard';
import { Offers } from './offers';
import { parts } from './use';

export function Chase({ row }: { row: Row }) {
  const { words, now } = useDesk();
  const { board, acts } = useStaff();
  const { id } = row.consultation;
  const script = useMemo(() => new Loaded<Script>(() => board.steer.script(id)), [board, id]);
  const { stage, ...rest } = stageOf(row, now.value);
  const shows = stage === 'call' || stage === 'propose' || stage === 'coming';
  // Somebody came or was reached: what is free for all may be another.
  const tries = (row.contacts ?? []).length;
  useEffect(() => {
    if (shows) void script.load();
  }, [script, shows, tries]);
  const load = script.now.value;
  const cards = load.at === 'ready' ? cardsOf(load.value, row, now.value) : [];
  return (
    <section
      class="card-part chase"
      id={parts.script}
      tabIndex={-1}
      aria-labelledby="chase"
      data-stage={stage}
    >
      <h3 id="chase">
        <PhoneCall size={20} aria-hidden="true" /> {words.t('chase.title')}
      </h3>
      <Now stage={{ stage, ...rest } as Stage} />
      {acts && 'verdict' in rest && rest.verdict && (
        <Propose row={row} verdict={rest.verdict} over={stage === 'decide'} />
      )}
      {shows && (
        <>
          <Waits load={load} again={() => void script.load()} />
          {cards.map((card) => (
            <ContactCardView key={card.role} card={card} row={row} />
          ))}
        </>
      )}
      <Tried tries={triesOf(row, load.at === 'ready' ? load.value : null)} />
      {shows && load.at === 'ready' && (
        <details class="chase-more">
          <summary>{words.t('chase.instead')}</summary>
          <Offers row={row} script={load.value} />
        </details>
      )}
      {(shows || stage === 'decide') && acts && <Phoned row={row} />}
    </section>
  );
}

function Now({ stage }: { stage: Stage }) {
  const desk = useDesk();
  const { words } = desk;
  const time = (ms: number) => desk.format.value.time(ms, zoneOf(desk));
  switch (stage.stage) {
    case 'soon':
      return stage.callAt === null ? null : <p>{words.t('chase.soon', { time: time(stage.callAt) })}</p>;
    case 'coming':
      return <p>{words.t('chase.coming', { time: time(stage.expectedAt) })}</p>;
    case 'none':
    case 'call':
    case 'propose':
    case 'decide':
      return null;
  }
}

interface Proposed {
  row: Row;
  verdict: Extract<Stage, { stage: 'propose' }>['verdict'];
  /** after the end there is nothing to wait for */
  over: boolean;
}

function Propose({ row, verdict, over }: Proposed) {
  const { words } = useDesk();
  const { board } = useStaff();
  const doing = useDoing();
  return (
    <div class="chase-propose" data-tone="late">
      <p>
        {words.t('chase.propose')} <strong>{words.t(`verdict.${verdict}`)}</strong>
      </p>
      <div class="buttons">
        <Button
          look="main"
          icon={Gavel}
          busy={doing.busy}
          testid="chase-decide"
          onClick={() => doing.run(() => board.desk.verdict(row.consultation.id, verdict, ''))}
        >
          {words.t('chase.decide', { verdict: words.t(`verdict.${verdict}`) })}
        </Button>
      </div>
      <p class="form-hint" role="status">
        {doing.failed ?? (over ? '' : words.t('chase.wait'))}
      </p>
    </div>
  );
}

function Tried({ tries }: { tries: Contacted[] }) {
  const desk = useDesk();
  const { words } = desk;
  const zone = zoneOf(desk);
  return (
    <div class="chase-tried">
      <h4>{words.t('chase.tried')}</h4>
      {tries.length === 0 ? (
        <p class="room-quiet">{words.t('chase.notTried')}</p>
      ) : (
        <ol>
          {tries.map((one) => (
            <li key={one.id} data-testid="contact">
              <time class="digits" dateTime={one.at}>
                {desk.format.value.time(at(one.at), zone)}
              </time>
              <span>
                <strong>
                  {words.t(`role.${one.role}`)}:{' '}
                  {words.t(`chase.outcome.${one.outcome}`, { minutes: one.minutes ?? 0 })}
                </strong>{' '}
                <small>
                  <bdi>{one.name}</bdi>
                </small>
                {one.words && (
                  <small class="chase-words">
                    <bdi>{plain(one.words)}</bdi>
                  </small>
                )}
              </span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** Held by telephone after all: nobody saw it here, so who says so must say how they know. */
function Phoned({ row }: { row: Row }) {
  const { words } = useDesk();
  const { board } = useStaff();
  const doing = useDoing();
  const provenance = useSignal('');
  const told = useSignal(false);
  return (
    <details class="chase-more">
      <summary>{words.t('chase.phoned')}</summary>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          const said = provenance.value.trim();
          told.value = said === '';
          if (said) doing.run(() => board.desk.verdict(row.consultation.id, 'held_by_phone', said));
        }}
      >
        <Field
          label={words.t('chase.phonedHint')}
          value={provenance.value}
          length={500}
          testid="phoned-how"
          onChange={(value) => {
            provenance.value = value;
          }}
        />
        <div class="buttons">
          <Button type="submit" busy={doing.busy} testid="phoned">
            {words.t('chase.phonedApply')}
          </Button>
        </div>
        <p role="status" class="form-hint">
          {doing.failed ??
            (told.value && provenance.value.trim() === '' ? words.t('steer.reasonWanted') : '')}
        </p>
      </form>
    </details>
  );
}
