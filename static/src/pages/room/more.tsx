import { Maximize, Minimize, X } from 'lucide-preact';
import type { RefObject } from 'preact';
import { useId } from 'preact/hooks';
import { Button } from '../../ui/button';
import { useDesk } from '../desk';
import { DeviceChoices, Level, Problem } from '../devices';
import { LanguageChoice } from '../head';
import { NotesButton } from '../notes';

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
      <NotesButton />
      <Problem />
      <Level />
      <DeviceChoices />
      <LanguageChoice />
      <FullScreen />
    </dialog>
  );
}

function FullScreen() {
  const { visit, words } = useDesk();
  const screen = visit.kiosk.screen.value;
  if (screen === 'unavailable') {
    return null;
  }
  const full = screen === 'full';
  return (
    <Button
      icon={full ? Minimize : Maximize}
      onClick={() => visit.kiosk.toggleFullScreen()}
      testid="fullscreen"
    >
      {words.t(full ? 'room.leaveFullScreen' : 'room.fullScreen')}
    </Button>
  );
}
