import { effect, type ReadonlySignal, untracked } from '@preact/signals';
import type { Devices } from '../media/devices';
import type { MediaPeer } from '../media/peer';
import type { SoundBank } from '../media/sound';
import { watchPlatform } from '../signal/platform';
import type { Session } from '../signal/session';
import type { MediaPath } from './path';
import type { Publisher } from './publisher';

export interface WatchingDeps {
  win: Window;
  session: Session;
  path: MediaPath<MediaPeer>;
  publisher: Publisher;
  devices: Devices;
  sound: SoundBank;
  /** what the microphone sends, louder or softer where a coordinator wanted that */
  microphone: ReadonlySignal<MediaStreamTrack | null>;
  leaving(): void;
}

/** watchPage hands on what happens to the page and to its devices, until it is stopped. */
export function watchPage({
  win,
  session,
  path,
  publisher,
  devices,
  sound,
  microphone,
  leaving,
}: WatchingDeps): () => void {
  const hidden = (event: PageTransitionEvent) => {
    // A page that the browser keeps for "back" is not gone.
    if (!event.persisted) leaving();
  };
  win.addEventListener('pagehide', hidden);
  const stoppers = [
    () => win.removeEventListener('pagehide', hidden),
    watchPlatform(win, (hint) => {
      session.hint(hint);
      path.check(hint);
    }),
    effect(() => publisher.set('microphone', microphone.value)),
    effect(() => publisher.set('camera', devices.outgoing('camera').value)),
    // A page that uses a camera or microphone may play sound without a tap: a booth needs none.
    effect(() => {
      if (devices.microphone.value.state === 'on' || devices.camera.value.state === 'on')
        untracked(() => sound.retry());
    }),
  ];
  return () => {
    for (const stop of stoppers) stop();
  };
}
