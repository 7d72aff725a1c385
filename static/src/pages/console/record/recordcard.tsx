/** One consultation's record: who was there, what the result rests on, what staff made of it, and how to correct it. */
import { FilePen, ListChecks, PhoneCall, Printer, Scale, Users } from 'lucide-preact';
import type { AttendanceRecord, AttendanceSeat, Contacted, Decided, Evidence } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { State } from '../../../ui/state';
import { plain } from '../../../ui/text';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { Judge } from '../card';
import { useStaff } from '../staff';
import { percent } from './cited';
import { useNames } from './names';
import { PaperForm } from './paperform';
import { useEvidence, useLength, useSeat, useStay } from './say';
import { signs } from './signs';

interface Props {
  record: AttendanceRecord;
  onChanged: () => void;
  onPrint: () => void;
  onClose: () => void;
}

export function RecordCard({ record, onChanged, onPrint, onClose }: Props) {
  const desk = useDesk();
  const { words, now } = desk;
  const { board, acts } = useStaff();
  const format = desk.format.value;
  const zone = zoneOf(desk);
  const name = useNames(record);
  const row = board.rows.value.find(({ consultation }) => consultation.id === record.consultation);
  const begun = record.verdict !== 'cancelled' && at(record.starts_at) <= now.value;
  return (
    <Dialog
      title={`${record.booth} · ${format.time(at(record.starts_at), zone)}–${format.time(at(record.extended_to ?? record.ends_at), zone)}`}
      close={words.t('room.close')}
      onClose={onClose}
      testid="record-card"
    >
      <div class="record-head">
        <p>
          <strong>
            <bdi>{record.firm}</bdi> · <bdi>{record.buyer}</bdi>
          </strong>{' '}
          <small>
            {format.country(record.country)} · {record.consultation}
          </small>
        </p>
        <State {...signs[record.verdict]}>{words.t(`verdict.${record.verdict}`)}</State>
        {begun && (
          <Button icon={Printer} onClick={onPrint} testid="record-print">
            {words.t('record.print')}
          </Button>
        )}
      </div>
      <Seats seats={record.seats} name={name} />
      <Facts facts={record.evidence} />
      <Contacts contacts={record.contacts} />
      <Decisions decisions={record.corrections} name={name} />
      {acts && begun && row && <Judge row={row} stands={record.verdict} onClose={onChanged} />}
      {acts && begun && (
        <section class="card-part" aria-labelledby="paper">
          <h3 id="paper">
            <FilePen size={20} aria-hidden="true" /> {words.t('record.paper.title')}
          </h3>
          <PaperForm record={record} onTyped={onChanged} />
        </section>
      )}
    </Dialog>
  );
}

type Name = (by: string | undefined) => string;

function Seats({ seats, name }: { seats: readonly AttendanceSeat[]; name: Name }) {
  const { words } = useDesk();
  return (
    <section class="card-part" aria-labelledby="seats">
      <h3 id="seats">
        <Users size={20} aria-hidden="true" /> {words.t('record.seats')}
      </h3>
      {seats.map((seat) => (
        <Seat key={seat.seat} seat={seat} name={name} />
      ))}
    </section>
  );
}

function Seat({ seat, name }: { seat: AttendanceSeat; name: Name }) {
  const desk = useDesk();
  const { words } = desk;
  const seatName = useSeat();
  const length = useLength();
  const zone = zoneOf(desk);
  const clock = (instant: string) => desk.format.value.time(at(instant), zone);
  if (seat.intervals.length === 0) {
    return (
      <p class="record-seat-none" data-testid="record-seat" data-role={seat.role}>
        <strong>{seatName(seat.seat)}</strong> {words.t('record.never')}
      </p>
    );
  }
  const facts = [
    ['firstIn', seat.first_in ? clock(seat.first_in) : '–'],
    ['lastOut', seat.last_out ? clock(seat.last_out) : words.t('record.still')],
    ['here', length(seat.seconds)],
    ['late', seat.late_seconds > 0 ? length(seat.late_seconds) : words.t('record.lateNone')],
    ['away', length(seat.away_seconds)],
    ['voice', seat.voice === undefined ? '–' : percent(seat.voice)],
  ] as const;
  return (
    <div class="record-seat" data-testid="record-seat" data-role={seat.role}>
      <strong>{seatName(seat.seat)}</strong>
      <dl>
        {facts.map(([key, value]) => (
          <div key={key}>
            <dt title={key === 'voice' ? words.t('record.voiceHint') : undefined}>
              {words.t(`record.${key}`)}
            </dt>
            <dd class="digits">{value}</dd>
          </div>
        ))}
      </dl>
      <Stays seat={seat} name={name} />
    </div>
  );
}

export function Stays({ seat, name }: { seat: AttendanceSeat; name: Name }) {
  const { words } = useDesk();
  const stay = useStay(true);
  return (
    <ul class="record-stays">
      {seat.intervals.map((one) => (
        <li key={one.entry} data-paper={one.paper}>
          <span class="digits">{stay(one)}</span>{' '}
          {one.paper ? (
            <strong class="record-paper">
              {one.provenance
                ? words.t('record.paperBy', { who: name(one.by), words: plain(one.provenance) })
                : words.t('record.paperErased', { who: name(one.by) })}
            </strong>
          ) : (
            one.reason && <small>{words.t(`record.reason.${one.reason}`)}</small>
          )}
        </li>
      ))}
    </ul>
  );
}

function Facts({ facts }: { facts: readonly Evidence[] }) {
  const { words } = useDesk();
  return (
    <section class="card-part" aria-labelledby="facts">
      <h3 id="facts">
        <ListChecks size={20} aria-hidden="true" /> {words.t('record.evidence')}
      </h3>
      {facts.length === 0 ? (
        <p class="room-quiet">{words.t('record.noEvidence')}</p>
      ) : (
        <FactLines facts={facts} />
      )}
    </section>
  );
}

export function FactLines({ facts }: { facts: readonly Evidence[] }) {
  const desk = useDesk();
  const say = useEvidence();
  const zone = zoneOf(desk);
  return (
    <ol class="record-lines" data-testid="facts">
      {facts.map((fact, index) => (
        <li key={`${fact.kind}${fact.entry ?? index}`}>
          <time class="digits">{fact.at ? desk.format.value.second(at(fact.at), zone) : ''}</time>
          <span>{say(fact)}</span>
        </li>
      ))}
    </ol>
  );
}

function Contacts({ contacts }: { contacts: readonly Contacted[] }) {
  const { words } = useDesk();
  if (contacts.length === 0) return null;
  return (
    <section class="card-part" aria-labelledby="contacts">
      <h3 id="contacts">
        <PhoneCall size={20} aria-hidden="true" /> {words.t('record.contacts')}
      </h3>
      <ContactLines contacts={contacts} />
    </section>
  );
}

export function ContactLines({ contacts }: { contacts: readonly Contacted[] }) {
  const desk = useDesk();
  const { words } = desk;
  const zone = zoneOf(desk);
  return (
    <ol class="record-lines">
      {contacts.map((one) => (
        <li key={one.id}>
          <time class="digits" dateTime={one.at}>
            {desk.format.value.second(at(one.at), zone)}
          </time>
          <span>
            {words.t(`role.${one.role}`)}:{' '}
            {words.t(`chase.outcome.${one.outcome}`, { minutes: one.minutes ?? 0 })}{' '}
            <small>
              <bdi>{one.name}</bdi>
            </small>
            {one.words && (
              <q class="record-words">
                <bdi>{plain(one.words)}</bdi>
              </q>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Decisions({ decisions, name }: { decisions: readonly Decided[]; name: Name }) {
  const { words } = useDesk();
  if (decisions.length === 0) return null;
  return (
    <section class="card-part" aria-labelledby="decisions">
      <h3 id="decisions">
        <Scale size={20} aria-hidden="true" /> {words.t('record.decisions')}
      </h3>
      <DecisionLines decisions={decisions} name={name} />
    </section>
  );
}

export function DecisionLines({ decisions, name }: { decisions: readonly Decided[]; name: Name }) {
  const desk = useDesk();
  const { words } = desk;
  const zone = zoneOf(desk);
  const format = desk.format.value;
  return (
    <ol class="record-lines" data-testid="decisions">
      {decisions.map((one) => (
        <li key={one.entry}>
          <time class="digits" dateTime={one.at}>
            {format.second(at(one.at), zone)}
          </time>
          <span>
            {one.verdict && one.verdict !== 'pending'
              ? words.t(`verdict.${one.verdict}`)
              : words.t('record.decisionBack')}{' '}
            <small>
              <bdi>{name(one.by)}</bdi>
              {one.derived && (
                <> · {words.t('record.derived', { verdict: words.t(`verdict.${one.derived}`) })}</>
              )}
            </small>
            {one.erased ? (
              <em class="record-erased">{words.t('record.erased')}</em>
            ) : (
              one.reason && (
                <q class="record-words">
                  <bdi>{plain(one.reason)}</bdi>
                </q>
              )
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}
