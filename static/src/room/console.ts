import { Refused } from '../protocol/failure';
import type { Board } from '../protocol/types';
import type { Session } from '../signal/session';
import { ConsoleBoard } from './board';
import type { Opening } from './opening';

/** openBoard makes a coordinator's board, which speaks by this page's session and token. */
export function openBoard(win: Window & typeof globalThis, opening: Opening, session: Session): ConsoleBoard {
  return new ConsoleBoard({
    event: opening.known.event.id,
    token: () => opening.known.token,
    doc: win.document,
    fetcher: win.fetch.bind(win),
    newKey: () => win.crypto.randomUUID(),
    note: (note) => session.ask<void>('note', note),
    seen: (note) => session.ask<void>('seen', { note }),
  });
}

/** watchBoard begins to watch with a session that has just come up. */
export async function watchBoard(board: ConsoleBoard, session: Session): Promise<void> {
  try {
    board.reset(await session.ask<Board>('watch', {}));
  } catch (error) {
    if (error instanceof Refused) setTimeout(() => session.hint('visible'), 2000);
  }
}
