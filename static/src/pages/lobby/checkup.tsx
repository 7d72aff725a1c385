/** Sound tried out before the talk: my own voice back, a tone, and what was found so far. */
import { Mic, Square, Volume2 } from 'lucide-preact';
import type { TestsModel } from '../../room/model';
import { Button } from '../../ui/button';
import { Sign } from '../../ui/state';
import { useDesk } from '../desk';
import { type Act, checkOf, resultsOf } from './check';

export function Checkup() {
  const { visit, words } = useDesk();
  const { tests } = visit;
  const check = checkOf(tests.voice.value, tests.tone.value);
  return (
    <section class="trial-sound" aria-label={words.t('check.title')}>
      <p class="trial-word" role="status" data-tone={check.tone}>
        {words.t(check.word)}
        <Left />
      </p>
      <div class="trial-acts">
        {check.acts.map((act, index) => (
          <ActButton key={act} act={act} first={index === 0} tests={tests} />
        ))}
      </div>
      <Results />
    </section>
  );
}

/** The seconds that are left to speak. */
function Left() {
  const { visit, now } = useDesk();
  const voice = visit.tests.voice.value;
  if (voice.state !== 'recording') {
    return null;
  }
  return <strong class="digits"> {Math.max(1, Math.ceil((voice.until - now.value) / 1000))}</strong>;
}

function ActButton({ act, first, tests }: { act: Act; first: boolean; tests: TestsModel }) {
  const { words } = useDesk();
  const look = first && act !== 'stop' ? 'main' : undefined;
  switch (act) {
    case 'voice':
    case 'voiceAgain':
      return (
        <Button icon={Mic} onClick={() => tests.startVoice()} testid="voice-test">
          {words.t(act === 'voice' ? 'check.voice.start' : 'check.again')}
        </Button>
      );
    case 'tone':
      return (
        <Button icon={Volume2} onClick={() => tests.startTone()} testid="tone-test">
          {words.t('check.tone.start')}
        </Button>
      );
    case 'voiceYes':
    case 'toneYes':
      return (
        <Button
          {...(look ? { look } : {})}
          onClick={() => tests.heard(true)}
          testid={act === 'voiceYes' ? 'voice-heard-yes' : 'tone-heard-yes'}
        >
          {words.t('check.yes')}
        </Button>
      );
    case 'no':
      return (
        <Button onClick={() => tests.heard(false)} testid="heard-no">
          {words.t('check.no')}
        </Button>
      );
    case 'stop':
      return (
        <Button icon={Square} onClick={() => tests.stop()} testid="test-stop">
          {words.t('check.stop')}
        </Button>
      );
  }
}

function Results() {
  const { visit, words } = useDesk();
  return (
    <ul class="trial-results" aria-label={words.t('check.results')}>
      {resultsOf(visit.tests.readiness.value).map(({ of, name, word, tone, shape }) => (
        <li key={of} data-tone={tone} data-testid={`result-${of}`}>
          <Sign shape={shape} />
          <span>
            {words.t(name)} <small>{words.t(word)}</small>
          </span>
        </li>
      ))}
    </ul>
  );
}
