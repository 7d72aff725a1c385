/** What every part of the console is given: the board and the models behind it. Made once by ConsolePage. */
import type { Signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ReadinessBoard, Right } from '../../protocol/types';
import type { LinksModel } from '../../room/desk/links';
import type { Loaded } from '../../room/desk/load';
import type { TimetableModel } from '../../room/desk/timetable';
import type { BoardModel } from '../../room/model';

/** The parts of the console, in the order of their tabs. */
export const places = ['wall', 'board', 'timetable', 'links', 'readiness', 'record', 'staff'] as const;
export type Here = (typeof places)[number];

export interface Staff {
  readonly board: BoardModel;
  readonly timetable: TimetableModel;
  readonly links: LinksModel;
  readonly readiness: Loaded<ReadinessBoard>;
  /** the letters are open */
  readonly letters: Signal<boolean>;
  /** whom the open letters are to; null: the list of them */
  readonly writing: Signal<string | null>;
  /** the tab that is shown, and the room whose detail stands open on the wall */
  readonly here: Signal<Here>;
  readonly room: Signal<string | null>;
  /** why the last press on the wall came to nothing, in words */
  readonly trouble: Signal<string | null>;
  readonly right: Right;
  /** may change something; who may not is offered nothing that would be refused */
  readonly acts: boolean;
}

export const StaffContext = createContext<Staff | null>(null);

export function useStaff(): Staff {
  const staff = useContext(StaffContext);
  if (!staff) {
    throw new Error('a part of the console outside of it');
  }
  return staff;
}
