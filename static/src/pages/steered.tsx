/** What people are told of coordinators who help: who listens or speaks, what was done here, that they may come in. */
import { DoorOpen, Ear, MonitorPlay, SlidersHorizontal, Volume2 } from 'lucide-preact';
import type { Key } from '../i18n/words';
import type { Helper } from '../protocol/types';
import type { RoomModel, Steered } from '../room/model';
import { Button } from '../ui/button';
import { Note } from '../ui/note';
import { plain } from '../ui/text';
import { useDesk } from './desk';

/** Nobody is listened to in secret; and a voice out of nowhere has a name. */
export function Helpers({ room }: { room: RoomModel }) {
  const { words } = useDesk();
  return (
    <>
      {room.helpers.value.filter(isTold).map((helper) => (
        <HelperNote key={`${helper.name} ${helper.mode}`} helper={helper} />
      ))}
      {room.auxiliaries.value
        .filter(({ kind }) => kind === 'screen')
        .map(({ id, name }) => (
          <Note key={id} inside icon={MonitorPlay} testid="screen-watches">
            {words.t('auxiliary.watches', { name: plain(name) })}
          </Note>
        ))}
    </>
  );
}

/** Who speaks to somebody else alone listens, as far as this person is concerned. */
const isTold = ({ mode }: Helper): boolean => mode !== 'quiet';

function HelperNote({ helper }: { helper: Helper }) {
  const { words } = useDesk();
  const speaks = helper.mode === 'speak' && helper.to_me;
  return (
    <Note
      inside
      icon={speaks ? Volume2 : Ear}
      tone={speaks ? 'live' : 'idle'}
      testid={speaks ? 'helper-speaks' : 'helper-listens'}
    >
      {words.t(speaks ? 'steered.speaks' : 'steered.listens', { name: plain(helper.name) })}
    </Note>
  );
}

/** One sentence on what a coordinator did to this page. */
export function OrderNote() {
  const { visit, words } = useDesk();
  const told = visit.orders.told.value;
  if (!told) {
    return null;
  }
  return (
    <Note
      icon={SlidersHorizontal}
      tone={told.outcome === 'failed' ? 'wait' : 'idle'}
      testid="order"
      action={
        <Button look="plain" testid="order-read" onClick={() => visit.orders.close()}>
          {words.t('notes.gotIt')}
        </Button>
      }
    >
      {words.t(sentenceOf(told), { name: plain(told.by) })}
    </Note>
  );
}

function sentenceOf({ kind, source, outcome }: Steered): Key {
  if (outcome === 'failed') {
    return 'steered.failed';
  }
  switch (kind) {
    case 'mute':
      return muted(source);
    case 'microphone':
    case 'camera':
    case 'speaker':
    case 'gain':
      return `steered.${kind}`;
    case 'devices':
    case 'diagnose':
      return 'steered.looked';
  }
}

function muted(source: Steered['source']): Key {
  switch (source) {
    case 'camera':
      return 'steered.muteCamera';
    case 'screen':
    case 'screen_audio':
      return 'steered.muteScreen';
    default:
      return 'steered.muteMicrophone';
  }
}

/** Those inside wait: nothing on the page is larger than the way in. */
export function InvitationNote() {
  const { visit, words } = useDesk();
  const invitation = visit.orders.invitation.value;
  return invitation ? (
    <div class="invitation">
      <Note icon={DoorOpen} tone="live" title={words.t('steered.comeIn')} testid="invitation">
        {words.t('steered.comeInBody', { name: plain(invitation.by) })}
      </Note>
    </div>
  ) : null;
}
