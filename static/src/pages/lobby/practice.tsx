/** Trying the room: my picture and voice back from the server, in the place of the mirror. */
import { FlaskConical, LoaderCircle, Square, TriangleAlert } from 'lucide-preact';
import type { Practice } from '../../room/model';
import { Button } from '../../ui/button';
import { Note } from '../../ui/note';
import { Picture } from '../../ui/picture';
import { useDesk } from '../desk';
import { Mirror } from '../devices';
import { reasonOf } from '../reasons';

/** What I look like: here, or as the others will see it. */
export function Sight() {
  const { visit } = useDesk();
  const practice = visit.tests.practice.value;
  return practice.state === 'on' ? <Returned practice={practice} /> : <Mirror />;
}

function Returned({ practice }: { practice: Extract<Practice, { state: 'on' }> }) {
  const { words } = useDesk();
  return (
    <div class="mirror" data-returned="true" data-testid="practice-picture" data-picture={practice.pictureOn}>
      <Picture stream={practice.picture} shown={practice.pictureOn} label={words.t('practice.on')} />
      {practice.pictureOn ? (
        <span class="mirror-name">{words.t('practice.on')}</span>
      ) : (
        <p class="mirror-word">
          <LoaderCircle size={32} aria-hidden="true" />
          {words.t('practice.pictureComing')}
        </p>
      )}
    </div>
  );
}

export function Try() {
  const { visit, words } = useDesk();
  const practice = visit.tests.practice.value;
  switch (practice.state) {
    case 'off':
    case 'starting':
      return (
        <div class="try">
          <p>{words.t('practice.lead')}</p>
          <Button
            icon={FlaskConical}
            busy={practice.state === 'starting'}
            onClick={() => visit.tests.startPractice()}
            testid="practice"
          >
            {words.t(practice.state === 'starting' ? 'practice.starting' : 'practice.start')}
          </Button>
        </div>
      );
    case 'on':
      return (
        <div class="try" data-testid="practice-on" data-sound={practice.soundOn}>
          <p role="status">{words.t(practice.soundOn ? 'practice.soundOn' : 'practice.soundComing')}</p>
          <Button icon={Square} onClick={() => visit.tests.stopPractice()} testid="practice-stop">
            {words.t('practice.stop')}
          </Button>
        </div>
      );
    case 'failed':
      return (
        <Note
          icon={TriangleAlert}
          tone="wait"
          title={words.t('practice.failed')}
          action={
            <Button onClick={() => visit.tests.startPractice()} testid="practice">
              {words.t('lobby.retry')}
            </Button>
          }
        >
          {practice.code === null
            ? words.t('lobby.noMedia')
            : words.t(`stopped.${reasonOf(practice.code).reason}.body`)}
        </Note>
      );
  }
}
