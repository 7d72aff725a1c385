/**
 * The foot of the console while somebody listens or speaks: it cannot be overlooked from any tab, since nobody may
 * speak into a room and not know it.
 */
import { Ear, LoaderCircle, Mic, MicVocal, TriangleAlert, Volume2 } from 'lucide-preact';
import { Button } from '../../../ui/button';
import type { Icon } from '../../../ui/icon';
import { Meter } from '../../../ui/meter';
import { useDesk } from '../../desk';
import { useStaff } from '../staff';
import { type Heard, useHearing } from './helping';

const signs: Record<Exclude<Heard['tone'], 'quiet'>, Icon> = {
  starting: LoaderCircle,
  listen: Ear,
  speak: Mic,
  whisper: MicVocal,
  late: TriangleAlert,
};

export function HelpBar() {
  const { words } = useDesk();
  const { board, here, room } = useStaff();
  const say = useHearing();
  const state = board.help.state.value;
  const id = state.mode === 'quiet' ? null : state.consultation;
  const row = board.rows.value.find((one) => one.consultation.id === id) ?? null;
  const { lines, tone } = say(row);
  const [first, ...rest] = lines;
  const Shown = tone === 'quiet' ? null : signs[tone];
  return (
    <div class="helpbar-place" data-shown={tone !== 'quiet'}>
      <div role="status" class={Shown ? 'helpbar' : undefined} data-tone={tone} data-testid="helpbar">
        {Shown && (
          <>
            <Shown size={28} aria-hidden="true" />
            <p>
              <strong>{first}</strong> {rest.length > 0 && <span>{rest.join(' ')}</span>}
            </p>
          </>
        )}
      </div>
      {Shown && (
        <div class="helpbar-do" data-tone={tone}>
          {tone !== 'late' && tone !== 'starting' && <Loudness />}
          {board.help.soundBlocked.value && (
            <Button icon={Volume2} testid="help-sound" onClick={() => board.help.allowSound()}>
              {words.t('helping.sound')}
            </Button>
          )}
          {row && (
            <Button
              testid="help-go"
              onClick={() => {
                here.value = 'wall';
                room.value = row.consultation.id;
              }}
            >
              {words.t('helping.go')}
            </Button>
          )}
          <Button look="end" testid="help-stop" onClick={() => board.help.quiet()}>
            {words.t('helping.stop')}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Moves ten times a second; nothing else is drawn with it. */
function Loudness() {
  const { words } = useDesk();
  const { help } = useStaff().board;
  return (
    <div class="helpbar-level">
      <Meter level={help.heard.value} label={words.t('helping.level')} />
    </div>
  );
}
