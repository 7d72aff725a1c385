import { useMemo } from 'preact/hooks';
import { createFormat, sameClock } from '../../../i18n/format';
import { directionOf, known, type Language } from '../../../i18n/languages';
import { createWords } from '../../../i18n/words';
import type { LinkInfo, Timetable, TimetableItem } from '../../../protocol/types';
import { useDesk } from '../../desk';
import { at } from '../../meeting';
import { Qr } from './qr';

interface Props {
  link: LinkInfo;
  table: Timetable;
  onDone: () => void;
}

/** From here on the times stand closer together, so that a page holds them. */
const many = 5;

function itemsOf(link: LinkInfo, table: Timetable): TimetableItem[] {
  return table.consultations.filter((item) => !item.cancelled && link.consultations.includes(item.id));
}

/** One page a buyer, in the buyer's language, with both clocks and the three steps. */
export function BuyerSheet({ link, table, onDone }: Props) {
  const language: Language = known(link.language) ?? 'en';
  const words = useMemo(() => createWords(null, [language]), [language]);
  const format = useMemo(() => createFormat(language), [language]);
  const { event } = table;
  const items = itemsOf(link, table);
  const buyer = table.buyers.find((one) => one.id === link.party);
  const zone = buyer?.zone ?? event.zone;
  const dense = items.length >= many;
  if (!words.ready.value) {
    return null;
  }
  return (
    <article
      class="sheet"
      lang={language}
      dir={directionOf(language)}
      data-testid="sheet"
      data-link={link.id}
    >
      <header class="sheet-head">
        <p>
          <Of event={event} />
        </p>
        <h2>{words.t(items.length > 1 ? 'sheet.titleMany' : 'sheet.title')}</h2>
        <p class="sheet-name">
          <strong>
            <bdi>{link.name}</bdi>
          </strong>{' '}
          {buyer && format.country(buyer.country)}
        </p>
      </header>
      <ul class="sheet-times" data-dense={dense}>
        {items.map((item) => {
          const start = at(item.starts_at);
          const end = at(item.ends_at);
          const firm = table.firms.find((one) => one.id === item.firm);
          const clock = (place: string) => (
            <>
              <strong>
                {dense ? format.shortDay(start, place) : format.day(start, place)}{' '}
                <bdi>
                  {format.time(start, place)}–{format.time(end, place)}
                </bdi>
              </strong>
              <small>
                {format.zone(place, start)} (<bdi>{format.offset(place, start)}</bdi>)
              </small>
            </>
          );
          return (
            <li key={item.id}>
              <p class="sheet-with">
                {words.t('sheet.with')}{' '}
                <strong>
                  <bdi>{firm?.name}</bdi>
                </strong>
              </p>
              <p>
                <span>{words.t('time.yours')}</span>
                {clock(zone)}
              </p>
              {!sameClock(zone, event.zone, start) && (
                <p>
                  <span>{words.t('time.center')}</span>
                  {clock(event.zone)}
                </p>
              )}
            </li>
          );
        })}
      </ul>
      <Foot link={link} onDone={onDone} title={words.t('sheet.steps')}>
        {[words.t('sheet.one'), words.t('sheet.two'), words.t('sheet.three')]}
      </Foot>
      <p class="sheet-end">
        {words.t('sheet.alone')} {words.t('sheet.help', { organiser: event.organiser || event.name })}
      </p>
    </article>
  );
}

/** One page a booth, to hang beside its screen: its name from afar, its days, and how to begin. */
export function BoothSheet({ link, table, onDone }: Props) {
  const desk = useDesk();
  const { words } = desk;
  const { event } = table;
  const format = desk.format.value;
  const items = table.consultations.filter((item) => !item.cancelled && item.booth === link.booth);
  return (
    <article class="sheet" data-kind="booth" data-testid="sheet" data-link={link.id}>
      <header class="sheet-head">
        <p>
          <Of event={event} />
        </p>
        <h2>
          <bdi>{link.name}</bdi>
        </h2>
      </header>
      <Foot link={link} onDone={onDone} title={words.t('sheets.steps')}>
        {[words.t('sheets.one'), words.t('sheets.two'), words.t('sheets.three')]}
      </Foot>
      <table class="sheet-list">
        <caption>{words.t('sheets.plan')}</caption>
        <tbody>
          {items.map((item) => {
            const buyer = table.buyers.find((one) => one.id === item.buyer);
            const interpreter = table.interpreters.find((one) => one.id === item.interpreter);
            return (
              <tr key={item.id}>
                <td>{format.shortDay(at(item.starts_at), event.zone)}</td>
                <td>
                  <strong>
                    {format.time(at(item.starts_at), event.zone)}–{format.time(at(item.ends_at), event.zone)}
                  </strong>
                </td>
                <td>
                  <bdi>{table.firms.find((one) => one.id === item.firm)?.name}</bdi>
                </td>
                <td>
                  <bdi>{buyer?.name}</bdi> {buyer && format.country(buyer.country)}
                </td>
                <td>{interpreter && <bdi>{interpreter.name}</bdi>}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </article>
  );
}

/** An event that was imported without saying who holds it has a name alone. */
function Of({ event }: { event: Timetable['event'] }) {
  return (
    <>
      <bdi>{event.name}</bdi>
      {event.organiser && (
        <>
          {' · '}
          <bdi>{event.organiser}</bdi>
        </>
      )}
    </>
  );
}

interface FootProps {
  link: LinkInfo;
  title: string;
  children: readonly string[];
  onDone: () => void;
}

function Foot({ link, title, children, onDone }: FootProps) {
  return (
    <section class="sheet-foot">
      <div>
        <h3>{title}</h3>
        <ol>
          {children.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </div>
      <Qr link={link} onDone={onDone} />
      <p class="sheet-url" dir="ltr">
        {link.url}
      </p>
    </section>
  );
}
