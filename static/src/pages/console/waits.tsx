import { RefreshCw, WifiOff } from 'lucide-preact';
import type { Load } from '../../room/desk/load';
import { Button } from '../../ui/button';
import { Note } from '../../ui/note';
import { useDesk } from '../desk';
import { useFailure } from './told';

/** What is still being read, could not be read, or is older than it should be. */
export function Waits({ load, again }: { load: Load<unknown>; again: () => void }) {
  const { words } = useDesk();
  const failure = useFailure();
  if (load.at === 'loading') {
    return (
      <p class="console-empty" role="status">
        {words.t('change.reading')}
      </p>
    );
  }
  const why = load.at === 'failed' ? load.why : load.stale;
  if (!why) {
    return null;
  }
  return (
    <Note
      icon={WifiOff}
      tone="wait"
      action={
        <Button icon={RefreshCw} onClick={again}>
          {words.t('lobby.retry')}
        </Button>
      }
    >
      {failure(why)} {load.at === 'ready' && words.t('change.old')}
    </Note>
  );
}
