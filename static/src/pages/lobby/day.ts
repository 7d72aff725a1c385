import { dayKey } from '../../i18n/format';
import type { Key } from '../../i18n/words';
import type { DayLine } from '../../room/model';
import type { Shape, Tone } from '../../ui/state';
import { at } from '../meeting';

export interface Day {
  key: string;
  /** a moment of that day, to name it by */
  at: number;
  lines: DayLine[];
}

/** daysOf parts the consultations of a link by the reader's own days. */
export function daysOf(lines: readonly DayLine[], zone: string): Day[] {
  const days = new Map<string, Day>();
  for (const line of lines) {
    const start = at(line.consultation.starts_at);
    const key = dayKey(start, zone);
    const day = days.get(key) ?? { key, at: start, lines: [] };
    day.lines.push(line);
    days.set(key, day);
  }
  return [...days.values()];
}

interface Look {
  word: Key;
  tone: Tone;
  shape: Shape;
  /** its lobby can be opened from here */
  opens: boolean;
}

const looks: Record<DayLine['state'], Look> = {
  over: { word: 'day.over', tone: 'idle', shape: 'bar', opens: false },
  cancelled: { word: 'day.cancelled', tone: 'idle', shape: 'cross', opens: false },
  open: { word: 'day.open', tone: 'live', shape: 'full', opens: true },
  ahead: { word: 'day.ahead', tone: 'idle', shape: 'ring', opens: true },
};

export function lookOf({ state, chosen }: DayLine): Look {
  const look = looks[state];
  return chosen ? { ...look, opens: false } : look;
}
