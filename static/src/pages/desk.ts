/** What every page is given: the visit, the words, the clock. Made once by App. */
import type { ReadonlySignal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Format } from '../i18n/format';
import type { Words } from '../i18n/words';
import type { Visit } from '../room/model';

export interface Desk {
  readonly visit: Visit;
  readonly words: Words;
  readonly format: ReadonlySignal<Format>;
  /** the server's clock, a step a second */
  readonly now: ReadonlySignal<number>;
  /** the reader's own zone */
  readonly here: string;
}

export const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) {
    throw new Error('a page outside of App');
  }
  return desk;
}

/** zoneOf is the center's zone, the reader's until the server has answered. */
export function zoneOf(desk: Desk): string {
  return desk.visit.bootstrap.value?.event.zone ?? desk.here;
}
