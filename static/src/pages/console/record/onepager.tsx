/**
 * One consultation on one sheet of A4: what happened, what that rests on, and two lines for signatures. It is drawn on
 * the page as it comes out of the printer, as sheets.tsx does.
 */
import { ChevronLeft, Printer } from 'lucide-preact';
import { Fragment } from 'preact';
import type { ConsultationReport, ReportEntry, ReportHead, ReportQuality } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { State } from '../../../ui/state';
import { Title } from '../../../ui/title';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { useLoaded } from '../loaded';
import { useStaff } from '../staff';
import { Waits } from '../waits';
import { scoreText } from '../wall/truth';
import { citedOf, percent } from './cited';
import { useNames } from './names';
import { ContactLines, DecisionLines, FactLines, Stays } from './recordcard';
import { useLength, useSeat } from './say';
import { signs } from './signs';

export function OnePager({ consultation, onClose }: { consultation: string; onClose: () => void }) {
  const { words } = useDesk();
  const { board } = useStaff();
  const report = useLoaded(() => board.record.report(consultation));
  return (
    <>
      <div class="console-top no-print">
        <Title>{words.t('record.page.title')}</Title>
        <div class="buttons">
          <Button icon={ChevronLeft} onClick={onClose} testid="page-back">
            {words.t('record.page.back')}
          </Button>
          <Button
            look="main"
            icon={Printer}
            busy={!report.value}
            onClick={() => window.print()}
            testid="page-print"
          >
            {words.t('record.page.print')}
          </Button>
        </div>
      </div>
      <Waits load={report.now.value} again={() => void report.load()} />
      {report.value && (
        <div class="sheets">
          <Sheet report={report.value} />
        </div>
      )}
    </>
  );
}

function Sheet({ report }: { report: ConsultationReport }) {
  const desk = useDesk();
  const { words } = desk;
  const format = desk.format.value;
  const zone = zoneOf(desk);
  const { record, event } = report;
  const name = useNames(record);
  const derived = at(report.derived_at);
  return (
    <article class="sheet report" data-testid="one-pager" lang={words.language.value}>
      <header class="report-head">
        <div>
          <p>
            <bdi>{[event.name, event.organiser].filter(Boolean).join(' · ')}</bdi>
          </p>
          <h2>{words.t('record.page.title')}</h2>
        </div>
        <p class="report-number">
          <strong>{record.consultation}</strong>
          <span>
            {words.t('record.page.printed', {
              when: `${format.date(derived, zone)} ${format.time(derived, zone)} (${format.offset(zone, derived)})`,
            })}
          </span>
        </p>
      </header>
      <Facts report={report} />
      <section class="report-result">
        <h3>{words.t('record.page.result')}</h3>
        <p>
          <State {...signs[record.verdict]}>{words.t(`verdict.${record.verdict}`)}</State>
          {record.decided && <span>{words.t('record.byHand')}</span>}
          {record.on_paper && <span>{words.t('record.onPaper')}</span>}
        </p>
        <FactLines facts={record.evidence} />
        {record.corrections.length > 0 && (
          <>
            <h4>{words.t('record.decisions')}</h4>
            <DecisionLines decisions={record.corrections} name={name} />
          </>
        )}
      </section>
      <Seats report={report} name={name} />
      {record.contacts.length > 0 && (
        <section>
          <h3>{words.t('record.contacts')}</h3>
          <ContactLines contacts={record.contacts} />
        </section>
      )}
      <Quality quality={report.quality} />
      <Ledger report={report} />
      <footer class="report-sign">
        <p>{words.t('record.page.sign')}</p>
        {(['signFirm', 'signStaff'] as const).map((who) => (
          <p key={who}>
            <span>{words.t(`record.page.${who}`)}</span>
            <span>{words.t('record.page.signDate')}</span>
          </p>
        ))}
      </footer>
    </article>
  );
}

function Facts({ report }: { report: ConsultationReport }) {
  const desk = useDesk();
  const { words } = desk;
  const format = desk.format.value;
  const { record, firm, buyer, interpreter, event } = report;
  const start = at(record.starts_at);
  const end = at(record.extended_to ?? record.ends_at);
  const when = (zone: string) =>
    `${format.date(start, zone)} ${format.time(start, zone)}–${format.time(end, zone)} (${format.offset(zone, start)})`;
  const tongues = (codes: readonly string[]) => format.list(codes.map((code) => format.tongue(code)));
  const lines: [string, string][] = [
    [words.t('record.page.when'), when(event.zone)],
    [words.t('record.page.theirs'), when(record.zone)],
    [words.t('record.page.booth'), record.booth],
    [words.t('role.firm'), [firm.name, firm.products].filter(Boolean).join(' · ')],
    [
      words.t('role.buyer'),
      [buyer.name, format.country(record.country), tongues(buyer.languages)].join(' · '),
    ],
    [
      words.t('record.page.interpreter'),
      interpreter
        ? `${interpreter.name} · ${tongues(interpreter.languages)}`
        : words.t('record.page.noInterpreter'),
    ],
  ];
  return (
    <dl class="report-facts">
      {lines.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Seats({ report, name }: { report: ConsultationReport; name: (by: string | undefined) => string }) {
  const desk = useDesk();
  const { words } = desk;
  const seatName = useSeat();
  const length = useLength();
  const zone = report.event.zone;
  const clock = (instant: string | undefined) =>
    instant ? desk.format.value.second(at(instant), zone) : '–';
  return (
    <section>
      <h3>{words.t('record.seats')}</h3>
      <table class="report-seats">
        <thead>
          <tr>
            <th scope="col">{words.t('record.seat')}</th>
            <th scope="col">{words.t('record.firstIn')}</th>
            <th scope="col">{words.t('record.lastOut')}</th>
            <th scope="col">{words.t('record.here')}</th>
            <th scope="col">{words.t('record.late')}</th>
            <th scope="col">{words.t('record.away')}</th>
            <th scope="col">{words.t('record.voice')}</th>
          </tr>
        </thead>
        <tbody>
          {report.record.seats.map((seat) => (
            <Fragment key={seat.seat}>
              <tr>
                <th scope="row">{seatName(seat.seat)}</th>
                {seat.intervals.length === 0 ? (
                  <td colSpan={6}>{words.t('record.never')}</td>
                ) : (
                  [
                    ['firstIn', clock(seat.first_in)] as const,
                    ['lastOut', seat.last_out ? clock(seat.last_out) : words.t('record.still')] as const,
                    ['here', length(seat.seconds)] as const,
                    ['late', length(seat.late_seconds)] as const,
                    ['away', length(seat.away_seconds)] as const,
                    ['voice', seat.voice === undefined ? '–' : percent(seat.voice)] as const,
                  ].map(([key, value]) => (
                    <td key={key} data-label={words.t(`record.${key}`)}>
                      {value}
                    </td>
                  ))
                )}
              </tr>
              {(seat.intervals.length > 1 || seat.intervals.some(({ paper }) => paper)) && (
                <tr class="report-stays">
                  <td />
                  <td colSpan={6}>
                    <Stays seat={seat} name={name} />
                  </td>
                </tr>
              )}
            </Fragment>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Quality({ quality }: { quality: readonly ReportQuality[] }) {
  const { words } = useDesk();
  const seatName = useSeat();
  return (
    <section>
      <h3>{words.t('record.page.quality')}</h3>
      {quality.length === 0 && <p>{words.t('record.page.noQuality')}</p>}
      <ul class="report-quality">
        {quality.map((one) => (
          <li key={`${one.seat} ${one.from}`}>
            <strong>{seatName(one.seat)}</strong>{' '}
            {[
              one.route ? words.t(`truth.route.${one.route}`) : '',
              one.rtt_median_ms > 0
                ? words.t('record.page.rtt', { ms: one.rtt_median_ms, worst: one.rtt_95_ms })
                : '',
              words.t('record.page.loss', { up: percent(one.loss_up), down: percent(one.loss_down) }),
              words.t('record.page.frozen', { share: percent(one.frozen) }),
              one.score_up || one.score_down
                ? words.t('record.page.score', {
                    up: scoreText(one.score_up ?? 0),
                    down: scoreText(one.score_down ?? 0),
                  })
                : '',
            ]
              .filter(Boolean)
              .join(' · ')}
          </li>
        ))}
      </ul>
    </section>
  );
}

const kinds = ['phase', 'seat_joined', 'seat_left', 'extended', 'verdict', 'contact', 'paper'] as const;

function Ledger({ report }: { report: ConsultationReport }) {
  const { words } = useDesk();
  const { named, more } = citedOf(report);
  return (
    <section class="report-ledger">
      <h3>{words.t('record.page.ledger')}</h3>
      <p>
        {report.head ? <Head head={report.head} /> : words.t('record.page.noHead')}{' '}
        {words.t('record.page.entries', { count: report.entries.length })}
      </p>
      <ol>
        {named.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </ol>
      {more > 0 && <p>{words.t('record.page.more', { count: more })}</p>}
    </section>
  );
}

function Head({ head }: { head: ReportHead }) {
  const desk = useDesk();
  const { words } = desk;
  const zone = zoneOf(desk);
  const format = desk.format.value;
  const when = at(head.at);
  return (
    <>
      {words.t('record.page.head', {
        count: head.entries,
        when: `${format.shortDay(when, zone)} ${format.second(when, zone)}`,
        key: head.key,
        hash: head.hash.slice(0, 16),
        signature: head.signature.slice(0, 16),
      })}{' '}
      {words.t(head.covers ? 'record.page.covers' : 'record.page.coversNot')}
    </>
  );
}

function Entry({ entry }: { entry: ReportEntry }) {
  const desk = useDesk();
  const { words } = desk;
  const seatName = useSeat();
  const kind = kinds.find((one) => one === entry.kind);
  return (
    <li>
      <span>
        {desk.format.value.second(at(entry.at), zoneOf(desk))}{' '}
        {kind ? words.t(`record.kind.${kind}`) : entry.kind} {entry.seat && seatName(entry.seat)}
      </span>
      <code>{entry.id}</code>
    </li>
  );
}
