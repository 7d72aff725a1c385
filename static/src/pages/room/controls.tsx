/** Six controls with words. The rest is behind More. */
import {
  Camera,
  CameraOff,
  Ellipsis,
  Headset,
  LogOut,
  MessageSquare,
  Mic,
  MicOff,
  ScreenShare,
  ScreenShareOff,
} from 'lucide-preact';
import type { ComponentChildren, Ref } from 'preact';
import { useRef } from 'preact/hooks';
import type { RoomModel } from '../../room/model';
import type { Icon } from '../../ui/icon';
import { useDesk } from '../desk';
import { More } from './more';

interface Props {
  room: RoomModel;
  chatOpen: boolean;
  chatButton: Ref<HTMLButtonElement>;
  onChat: () => void;
}

export function Controls({ room, chatOpen, chatButton, onChat }: Props) {
  const { visit, words } = useDesk();
  const notes = visit.notes.unread.value;
  const dialog = useRef<HTMLDialogElement>(null);
  const unread = room.unread.value;
  return (
    <section class="controls" aria-label={words.t('room.controls')}>
      <DeviceControl kind="microphone" />
      <DeviceControl kind="camera" />
      {canShare() && (
        <Control
          icon={room.sharing.value ? ScreenShareOff : ScreenShare}
          word={words.t(room.sharing.value ? 'room.sharing' : 'room.share')}
          pressed={room.sharing.value}
          testid="share-toggle"
          onClick={() => void room.toggleShare()}
        />
      )}
      <Control
        icon={MessageSquare}
        word={words.t('room.chat')}
        pressed={chatOpen}
        badge={unread > 0 ? String(unread) : ''}
        more={unread > 0 ? words.t('room.unread', { count: unread }) : ''}
        testid="chat-toggle"
        buttonRef={chatButton}
        onClick={onChat}
      />
      {visit.bootstrap.value?.kind === 'booth' && (
        <Control
          icon={Headset}
          word={words.t('room.help')}
          more={words.t('call.open')}
          testid="call-coordinator"
          onClick={() => visit.kiosk.callCoordinator()}
        />
      )}
      <Control
        icon={Ellipsis}
        word={words.t('room.more')}
        badge={notes > 0 ? String(notes) : ''}
        more={notes > 0 ? words.t('notes.unread', { count: notes }) : ''}
        testid="devices"
        onClick={() => dialog.current?.showModal()}
      />
      <Control
        icon={LogOut}
        word={words.t('room.leave')}
        look="end"
        testid="leave"
        onClick={() => room.leave()}
      />
      <More dialog={dialog} />
    </section>
  );
}

// Phones have no screen to share; a control that never works is worse than none.
function canShare(): boolean {
  return 'mediaDevices' in navigator && 'getDisplayMedia' in navigator.mediaDevices;
}

const signs = { microphone: { on: Mic, off: MicOff }, camera: { on: Camera, off: CameraOff } } as const;

function DeviceControl({ kind }: { kind: 'microphone' | 'camera' }) {
  const { visit, words } = useDesk();
  const on = visit.devices[kind].value.state === 'on';
  return (
    <Control
      icon={signs[kind][on ? 'on' : 'off']}
      word={words.t(`room.${kind}`)}
      pressed={on}
      look={on ? undefined : 'off'}
      state={on ? '' : words.t('room.off')}
      testid={kind === 'microphone' ? 'mic-toggle' : 'camera-toggle'}
      onClick={() => void visit.devices.toggle(kind)}
    />
  );
}

interface ControlProps {
  icon: Icon;
  word: string;
  /** undefined: not a toggle */
  pressed?: boolean;
  look?: 'off' | 'end' | undefined;
  /** the state in a word; readers hear `pressed` instead */
  state?: string;
  /** a number beside the sign; readers hear `more` instead */
  badge?: string;
  /** what readers hear beyond the word */
  more?: ComponentChildren;
  testid: string;
  buttonRef?: Ref<HTMLButtonElement>;
  onClick: () => void;
}

function Control({
  icon: Sign,
  word,
  pressed,
  look,
  state,
  badge,
  more,
  testid,
  buttonRef = null,
  onClick,
}: ControlProps) {
  return (
    <button
      type="button"
      class="control"
      ref={buttonRef}
      aria-pressed={pressed}
      data-look={look}
      data-testid={testid}
      onClick={onClick}
    >
      <span class="control-sign">
        <Sign size={24} aria-hidden="true" />
        {badge && (
          <span class="control-badge" aria-hidden="true">
            {badge}
          </span>
        )}
      </span>
      <span class="control-word">
        {word} {state && <span aria-hidden="true">{state}</span>}
      </span>
      {more && <span class="hidden">{more}</span>}
    </button>
  );
}
