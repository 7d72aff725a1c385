import { Maximize, Minimize, X } from 'lucide-preact';
import type { RefObject } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { Button } from '../../ui/button';
import { useDesk } from '../desk';
import { DeviceChoices, Level, Problem } from '../devices';
import { LanguageChoice } from '../head';

/** Devices, language, full screen. A modal dialog: the browser keeps the focus in it and gives it back. */
export function More({ dialog }: { dialog: RefObject<HTMLDialogElement | null> }) {
  const { words } = useDesk();
  const title = useId();
  const close = () => dialog.current?.close();
  return (
    <dialog ref={dialog} class="more card" aria-labelledby={title} data-testid="more-panel">
      <div class="more-head">
        <h2 id={title}>{words.t('room.moreTitle')}</h2>
        <Button look="plain" icon={X} onClick={close}>
          {words.t('room.close')}
        </Button>
      </div>
      <Problem />
      <Level />
      <DeviceChoices />
      <LanguageChoice />
      <FullScreen />
    </dialog>
  );
}

function FullScreen() {
  const { words } = useDesk();
  const [full, setFull] = useState(document.fullscreenElement !== null);
  useEffect(() => {
    const changed = () => setFull(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', changed);
    return () => document.removeEventListener('fullscreenchange', changed);
  }, []);
  if (!document.fullscreenEnabled) {
    return null;
  }
  // Refusals leave the page as it is, which is all there is to say about them.
  const toggle = () => {
    const done = full ? document.exitFullscreen() : document.documentElement.requestFullscreen();
    done.catch(() => undefined);
  };
  return (
    <Button icon={full ? Minimize : Maximize} onClick={toggle}>
      {words.t(full ? 'room.leaveFullScreen' : 'room.fullScreen')}
    </Button>
  );
}
