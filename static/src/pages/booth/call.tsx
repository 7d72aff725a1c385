/** The call of a booth for a coordinator: the button, and what became of it. */
import { BellRing, Check, Headset, MessageSquareText, TriangleAlert } from 'lucide-preact';
import { Button } from '../../ui/button';
import { Note } from '../../ui/note';
import { plain } from '../../ui/text';
import { useDesk } from '../desk';
import { CoordinatorNote } from '../notes';

export function CallButton() {
  const { visit, words } = useDesk();
  const { state } = visit.kiosk.call.value;
  if (state !== 'none' && state !== 'calling') {
    return null;
  }
  return (
    <Button
      big
      icon={Headset}
      busy={state === 'calling'}
      onClick={() => visit.kiosk.callCoordinator()}
      testid="call-coordinator"
    >
      {words.t(state === 'calling' ? 'call.calling' : 'call.open')}
    </Button>
  );
}

/** What became of the call; else the newest words of a coordinator. */
export function CallNote() {
  const { visit, words } = useDesk();
  const call = visit.kiosk.call.value;
  switch (call.state) {
    case 'none':
    case 'calling':
      return <CoordinatorNote />;
    case 'called':
      return (
        <Note icon={BellRing} tone="live" testid="call-state" title={words.t('call.called')}>
          {words.t('call.calledBody')}
        </Note>
      );
    case 'answered':
      return (
        <Note
          icon={call.text ? MessageSquareText : Check}
          tone="live"
          testid="call-state"
          title={call.text ? words.t('call.answered', { name: plain(call.name) }) : words.t('call.seen')}
          action={<DoneButton />}
        >
          <span class="note-words" dir="auto">
            {call.text ? plain(call.text) : words.t('call.seenBody')}
          </span>
        </Note>
      );
    case 'failed':
      return (
        <Note
          icon={TriangleAlert}
          tone="late"
          testid="call-state"
          title={words.t('call.failed')}
          action={
            <Button onClick={() => visit.kiosk.callCoordinator()} testid="call-coordinator">
              {words.t('call.again')}
            </Button>
          }
        >
          {words.t('call.failedBody')}
        </Note>
      );
  }
}

function DoneButton() {
  const { visit, words } = useDesk();
  // The answer is a note as well; it must not come back as news.
  const done = () => {
    visit.notes.read();
    visit.kiosk.closeCall();
  };
  return (
    <Button onClick={done} testid="call-done">
      {words.t('call.done')}
    </Button>
  );
}
