import { effect, type ReadonlySignal } from '@preact/signals';
import type { Devices } from '../media/devices';
import type { MediaPeer } from '../media/peer';
import { loudestOf } from '../media/slots';
import type { SoundBank } from '../media/sound';
import { Refused } from '../protocol/failure';
import type { Board, Wall } from '../protocol/types';
import type { Session } from '../signal/session';
import { ConsoleBoard } from './board';
import { Hand } from './help';
import type { Opening } from './opening';
import type { MediaPath, PathView } from './path';
import { RoomsWall } from './wall';

export interface ConsoleParts {
  win: Window & typeof globalThis;
  opening: Opening;
  session: Session;
  path: MediaPath<MediaPeer>;
  devices: Devices;
  sound: SoundBank;
}

/** A cold path over half the world takes two seconds; who waits longer than this for a voice has given up. */
const patience = 10_000;

/** openBoard makes a coordinator's board, which speaks by this page's session, token and PeerConnection. */
export function openBoard({ win, opening, session, path, devices, sound }: ConsoleParts): ConsoleBoard {
  const reachable = () => session.state.at === 'up';
  const slots = () => path.peer?.slots ?? [];
  const { you, event } = opening.known;
  // Chosen on a former visit; a person's page does this when it starts its devices.
  if (devices.speaker.peek()) void sound.useSpeaker(devices.speaker.peek());
  return new ConsoleBoard({
    event: event.id,
    token: () => opening.known.token,
    doc: win.document,
    fetcher: win.fetch.bind(win),
    newKey: () => win.crypto.randomUUID(),
    note: (note) => session.ask<void>('note', note),
    seen: (note) => session.ask<void>('seen', { note }),
    steer: (steer) => session.ask<void>('steer', steer),
    me: you.id ?? '',
    media: (board) => ({
      wall: new RoomsWall({
        ask: (show) => session.ask<Wall>('wall', show),
        reachable,
        openMedia: () => path.demand(),
        path: path.view,
        slots,
        cameras: board.cameras,
      }),
      help: new Hand({
        devices,
        tell: (help) => session.ask<void>('help', help),
        media: () => {
          path.demand();
          return connected(path.view);
        },
        send: (track) => void path.peer?.send('microphone', track).catch(() => undefined),
        loudness: () => loudestOf(slots()),
        soundBlocked: sound.blocked,
        playSound: () => sound.play(),
      }),
    }),
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

/** connected waits until media can flow; false when that takes too long. */
function connected(view: ReadonlySignal<PathView>): Promise<boolean> {
  if (view.peek().state === 'connected') return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (yes: boolean) => {
      clearTimeout(timer);
      queueMicrotask(() => stop());
      resolve(yes);
    };
    const timer = setTimeout(() => end(false), patience);
    const stop = effect(() => {
      if (view.value.state === 'connected') end(true);
    });
  });
}
