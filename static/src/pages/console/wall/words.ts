/** Matters, clocks and missing people in the coordinator's words. */
import type { Row, SeatRole } from '../../../protocol/types';
import type { Shape, Tone } from '../../../ui/state';
import { useDesk, zoneOf } from '../../desk';
import { at } from '../../meeting';
import { brief } from '../../span';
import { minutesWord } from '../row';
import { countedTo, type Missing, missingOf, type Remaining, remainingOf } from './clock';
import type { Matter } from './matters';

/** useMatter says what is the matter; minutes are those of the server's clock. */
export function useMatter(): (matter: Matter, row: Row) => string {
  const desk = useDesk();
  const { words, now } = desk;
  const format = desk.format.value;
  const zone = zoneOf(desk);
  const who = (roles: readonly SeatRole[]) => format.list(roles.map((role) => words.t(`role.${role}`)));
  return (matter, row) => {
    const since = (from: number) => minutesWord(words, countedTo(row, now.value) - from);
    switch (matter.what) {
      case 'call':
        return words.t('wall.matter.call', { minutes: since(matter.since) });
      case 'no_show':
        return words.t(`wall.matter.${matter.verdict}`);
      case 'late':
        // The alert comes two minutes after the start; people count from the start.
        return words.t('wall.matter.late', {
          who: who(matter.roles),
          minutes: since(at(row.clock.starts_at)),
        });
      case 'coming':
        return words.t('wall.matter.coming', {
          who: who(matter.roles),
          time: format.time(matter.expectedAt, zone),
        });
      case 'held':
        return words.t('wall.matter.held', { who: words.t(`role.${matter.role}`) });
      case 'left':
      case 'away':
        return words.t(`wall.matter.${matter.what}`, {
          who: words.t(`role.${matter.role}`),
          minutes: since(matter.since),
        });
      case 'symptom':
        return words.t('wall.matter.symptom', {
          who: words.t(`role.${matter.role}`),
          symptom: words.t(`truth.symptom.${matter.symptom}`),
        });
    }
  };
}

/** useRemaining is the line with the clock; in whole minutes where it is spoken, since nobody wants to hear seconds. */
export function useRemaining(): (row: Row, spoken?: boolean) => string {
  const desk = useDesk();
  const { words, now } = desk;
  const zone = zoneOf(desk);
  return (row, spoken) => {
    const left: Remaining = remainingOf(row, now.value);
    const time =
      left.to === 'ended'
        ? desk.format.value.time(left.at, zone)
        : // Before the start nobody counts seconds until the last ones.
          spoken || ((left.to === 'start' || left.to === 'early') && left.ms >= 3 * 60_000)
          ? minutesWord(words, left.ms)
          : brief(left.ms, words.language.value);
    return words.t(`wall.clock.${left.to}`, { time });
  };
}

/** usePlace says in a picture's place where its person is. */
export function usePlace(): (missing: Missing) => string {
  const { words } = useDesk();
  return ({ state, since, until }) => {
    if (state === 'lobby') return words.t('wall.place.lobby');
    if (state === 'away') return words.t('wall.place.away');
    if (since === null) return words.t('wall.place.awaited');
    const time = minutesWord(words, until - since);
    return words.t(state === 'left' ? 'wall.place.left' : 'wall.place.missing', { time });
  };
}

/** useCalm says where a room stands in which nothing is the matter. */
export function useCalm(): (row: Row) => { say: string; tone: Tone; shape: Shape } {
  const desk = useDesk();
  const { words, now } = desk;
  return (row) => {
    const { phase } = row.clock;
    if (phase === 'live' || phase === 'closing') {
      return { say: words.t('wall.fine'), tone: 'live', shape: 'full' };
    }
    if (phase !== 'waiting') return { say: words.t('wall.before'), tone: 'idle', shape: 'ring' };
    const missing = missingOf(row, now.value).map(({ role }) => words.t(`role.${role}`));
    const who = desk.format.value.list(missing);
    return { say: words.t('wall.waitsFor', { who }), tone: 'idle', shape: 'half' };
  };
}
