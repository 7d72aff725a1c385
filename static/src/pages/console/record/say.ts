/** Facts, intervals and deeds in the reader's words. */
import type { Key } from '../../../i18n/words';
import type { AttendanceInterval, AuditEntry, Evidence, Verdict } from '../../../protocol/types';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { exact } from '../../span';
import { type Deed, deedOf, roleOf } from './deed';

/** useLength writes seconds as minutes and, where there are any, seconds; none at all is a dash. */
export function useLength(): (seconds: number) => string {
  const { words } = useDesk();
  return (seconds) => {
    const whole = Math.round(seconds);
    if (whole <= 0) return '–';
    return whole % 60 === 0
      ? words.t('time.minutes', { count: whole / 60 })
      : exact(whole * 1000, words.language.value);
  };
}

/** useSeat names a seat by its role, and by its number where a party has several. */
export function useSeat(): (seat: string) => string {
  const { words } = useDesk();
  return (seat) => {
    const role = roleOf(seat);
    const number = seat.split('/')[2];
    if (!role) return seat;
    const name = words.t(`role.${role}`);
    return number ? words.t('record.seatNumber', { role: name, number }) : name;
  };
}

/** useEvidence says one fact that a result rests on; its time stands beside it. */
export function useEvidence(): (fact: Evidence) => string {
  const desk = useDesk();
  const { words } = desk;
  const length = useLength();
  const deed = useDeed(new Map());
  const zone = zoneOf(desk);
  return ({ kind, role, seconds = 0, detail = '' }) => {
    const who = role ? words.t(`role.${role}`) : '';
    switch (kind) {
      case 'contact':
        return words.t('record.fact.contact', { role: who, outcome: deed({ action: 'contact', detail }) });
      case 'extended':
        return words.t('record.fact.extended', { time: desk.format.value.time(at(detail), zone) });
      case 'decided':
        return detail === '' || detail === 'pending'
          ? words.t('record.fact.decidedBack')
          : words.t('record.fact.decided', { verdict: words.t(`verdict.${detail as Verdict}`) });
      default:
        return words.t(`record.fact.${kind}`, { role: who, length: length(seconds) });
    }
  };
}

/** useStay says from when to when somebody was there; open while they are. */
export function useStay(seconds: boolean): (stay: AttendanceInterval) => string {
  const desk = useDesk();
  const { words } = desk;
  const zone = zoneOf(desk);
  const format = desk.format.value;
  const clock = (instant: string) => (seconds ? format.second : format.time)(at(instant), zone);
  return ({ from, to }) =>
    words.t('record.stay', { from: clock(from), to: to ? clock(to) : words.t('record.still') });
}

type Told = Pick<AuditEntry, 'action' | 'detail'>;

/** useDeed says what comes after an action; names are those of accounts and parties, by id. */
export function useDeed(names: ReadonlyMap<string, string>): (entry: Told) => string {
  const desk = useDesk();
  const { words } = desk;
  const format = desk.format.value;
  const zone = zoneOf(desk);
  const known = (key: string, otherwise: string) => {
    const text = words.t(key as Key);
    return text === key ? otherwise : text;
  };
  const who = (id: string) => names.get(id) ?? id;
  const say = (deed: Deed): string => {
    switch (deed.what) {
      case 'none':
        return '';
      case 'other':
        return deed.text;
      case 'verdict':
        return known(`verdict.${deed.verdict}`, deed.verdict);
      case 'taken_back':
        return words.t('audit.detail.taken_back');
      case 'contact':
        return words.t(`chase.outcome.${deed.outcome}`, { minutes: deed.minutes });
      case 'between':
        return words.t('audit.detail.between', {
          from: format.time(at(deed.from), zone),
          to: format.time(at(deed.to), zone),
        });
      case 'device':
        return words.t(`audit.device.${deed.device}`);
      case 'gain':
        return words.t('audit.detail.gain', { percent: deed.percent });
      case 'minutes':
        return words.t('audit.detail.minutes', { count: deed.count });
      case 'letters':
        return words.t('audit.detail.letters', { count: deed.count });
      case 'someone':
        return who(deed.id);
      case 'edit':
        return deed.revision === ''
          ? known(`edit.op.${deed.op}`, deed.op)
          : words.t('audit.detail.edit', {
              op: known(`edit.op.${deed.op}`, deed.op),
              revision: deed.revision,
            });
      case 'made':
        return words.t('audit.detail.made', { did: words.t(`audit.did.${deed.did}`), id: who(deed.id) });
      case 'file': {
        const name = `${words.t(`audit.file.${deed.file}`)}${deed.csv ? ' CSV' : ''}`;
        const country = deed.country ? format.country(deed.country) : '';
        const narrowed = [deed.day, who(deed.firm), country].filter(Boolean);
        return narrowed.length === 0
          ? name
          : words.t('audit.detail.filtered', { file: name, what: narrowed.join(', ') });
      }
      case 'account': {
        const changes = deed.changes.map((change) =>
          change === 'right' && deed.right
            ? words.t('audit.detail.right', { right: known(`office.right.${deed.right}`, deed.right) })
            : known(`audit.change.${change}`, change),
        );
        return `${who(deed.id)}: ${format.list(changes)}`;
      }
      case 'to':
        return words.t(`audit.sent.${deed.to}`);
    }
  };
  return (entry) => say(deedOf(entry));
}
