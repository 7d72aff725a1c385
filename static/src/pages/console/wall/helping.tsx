/** Listening and speaking in one room: push to talk, or press once; a whisper reaches one side alone. */
import { Ear, EarOff, Mic, MicVocal, TriangleAlert } from 'lucide-preact';
import { useRef } from 'preact/hooks';
import type { Row, SeatRole } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { Select } from '../../../ui/select';
import { useDesk } from '../../desk';
import { useStaff } from '../staff';
import { choicesOf, hearingOf, present, released } from './help';
import { useListen } from './use';

const whispers = ['firm', 'buyer'] as const;

export function Helping({ row }: { row: Row }) {
  const { words } = useDesk();
  const { board } = useStaff();
  const listen = useListen();
  const { id } = row.consultation;
  const state = board.help.state.value;
  const own = state.mode !== 'quiet' && state.consultation === id ? state : null;
  const on = own !== null && own.mode !== 'failed';
  const here = present(row);
  const spoken = own?.mode === 'speak' || (own?.mode === 'starting' && own.wants === 'speak');
  return (
    <section class="card-part" aria-labelledby="helping">
      <h3 id="helping">
        <Ear size={20} aria-hidden="true" /> {words.t('helping.title')}
      </h3>
      <div class="buttons helping">
        <Button icon={on ? EarOff : Ear} testid="help-listen" onClick={() => listen(id)}>
          {words.t(on ? 'helping.quiet' : 'helping.listen')}
        </Button>
        <Talk row={row} to={null} on={spoken && own.to === null} />
        {whispers
          .filter((role) => here.includes(role))
          .map((role) => (
            <Talk key={role} row={row} to={role} on={spoken && own.to === role} />
          ))}
      </div>
      {own ? <Said row={row} /> : <p class="helping-said form-hint">{words.t('helping.hint')}</p>}
      {spoken && <OwnDevices />}
    </section>
  );
}

interface TalkProps {
  row: Row;
  /** null: to all */
  to: Extract<SeatRole, 'firm' | 'buyer'> | null;
  on: boolean;
}

function Talk({ row, to, on }: TalkProps) {
  const { words } = useDesk();
  const { help } = useStaff().board;
  // When the press began; null while nothing is pressed.
  const since = useRef<number | null>(null);
  const wasOn = useRef(false);
  // A click that no press came before is an assistive tool's.
  const pressed = useRef(false);
  const press = () => {
    if (since.current !== null) return;
    since.current = performance.now();
    pressed.current = true;
    wasOn.current = on;
    if (!on) help.speak(row.consultation.id, to);
  };
  const release = () => {
    if (since.current === null) return;
    const held = performance.now() - since.current;
    since.current = null;
    if (wasOn.current || released(held) === 'ends') help.hush();
  };
  const Shown = to === null ? Mic : MicVocal;
  return (
    <button
      type="button"
      class="button talk"
      data-on={on}
      aria-pressed={on}
      data-testid={`help-speak-${to ?? 'all'}`}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        // The release counts wherever the pointer is by then.
        event.currentTarget.setPointerCapture(event.pointerId);
        press();
      }}
      onPointerUp={release}
      onPointerCancel={release}
      onKeyDown={(event) => {
        if (event.key !== ' ' && event.key !== 'Enter') return;
        event.preventDefault();
        press();
      }}
      onKeyUp={(event) => {
        if (event.key === ' ' || event.key === 'Enter') release();
      }}
      onBlur={release}
      onClick={() => {
        if (!pressed.current) {
          press();
          since.current = null;
          if (wasOn.current) help.hush();
        }
        pressed.current = false;
      }}
    >
      <Shown size={20} aria-hidden="true" />
      <span>{words.t(to === null ? 'helping.speak' : `helping.${to}`)}</span>
    </button>
  );
}

/** The same sentence as at the foot of the page: who looks here must not look there. */
function Said({ row }: { row: Row }) {
  const { board } = useStaff();
  const say = useHearing();
  const state = board.help.state.value;
  if (state.mode === 'quiet' || state.consultation !== row.consultation.id) return null;
  const { lines, tone } = say(row);
  return (
    <p class="helping-said" data-tone={tone}>
      {tone === 'late' && <TriangleAlert size={18} aria-hidden="true" />}
      <strong>{lines.join(' ')}</strong>
    </p>
  );
}

export interface Heard {
  lines: string[];
  tone: 'quiet' | 'listen' | 'speak' | 'whisper' | 'late' | 'starting';
}

/** useHearing says in a sentence or two who hears the coordinator, and who does not. */
export function useHearing(): (row: Row | null) => Heard {
  const desk = useDesk();
  const { words } = desk;
  const { board } = useStaff();
  return (row) => {
    const hearing = hearingOf(board.help.state.value, row);
    const booth = row?.consultation.booth ?? '';
    const state = (key: HearingKey, values = {}) => words.t(`helping.state.${key}`, { booth, ...values });
    switch (hearing.mode) {
      case 'quiet':
        return { lines: [], tone: 'quiet' };
      case 'starting':
        return {
          lines: [state(hearing.wants === 'listen' ? 'startListen' : 'startSpeak')],
          tone: 'starting',
        };
      case 'listen':
        return { lines: [state('listen')], tone: 'listen' };
      case 'speak':
        return { lines: [state('speak')], tone: 'speak' };
      case 'whisper': {
        const lines = [state('whisper', { who: words.t(`helping.whom.${hearing.to}`) })];
        if (hearing.deaf.length > 0) {
          const who = desk.format.value.list(hearing.deaf.map((role) => words.t(`helping.whom.${role}`)));
          lines.push(state('deaf', { who }));
        }
        return { lines, tone: 'whisper' };
      }
      case 'failed': {
        const why = hearing.why === 'microphone' ? 'mic' : hearing.why;
        return {
          lines: [state('failed'), state(why), ...(hearing.listens ? [state('listens')] : [])],
          tone: 'late',
        };
      }
    }
  };
}

type HearingKey =
  | 'startListen'
  | 'startSpeak'
  | 'listen'
  | 'speak'
  | 'whisper'
  | 'deaf'
  | 'failed'
  | 'in_use'
  | 'mic'
  | 'unreachable'
  | 'refused'
  | 'listens';

/** The coordinator's own microphone and loudspeaker; nothing is shown that the browser has not told of yet. */
function OwnDevices() {
  const { words } = useDesk();
  const { devices } = useStaff().board.help;
  const microphone = devices.microphone.value;
  const lists = [
    {
      kind: 'microphone',
      list: devices.microphones.value,
      value: microphone.state === 'on' ? microphone.deviceId : '',
    },
    { kind: 'speaker', list: devices.speakers.value, value: devices.speaker.value },
  ] as const;
  if (lists.every(({ list }) => list.length === 0)) return null;
  return (
    <details class="helping-devices">
      <summary>{words.t('helping.microphone')}</summary>
      {lists.map(
        ({ kind, list, value }) =>
          list.length > 0 && (
            <Select
              key={kind}
              label={words.t(`devices.${kind}`)}
              value={value}
              options={choicesOf(list, value, {
                byDefault: words.t('devices_of.byDefault'),
                unnamed: (number) => words.t('devices_of.unnamed', { number }),
              })}
              onChoose={(id) => void devices.choose(kind, id)}
              testid={`help-${kind}`}
            />
          ),
      )}
    </details>
  );
}
