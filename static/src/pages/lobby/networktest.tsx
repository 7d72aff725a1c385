/** The network test: one button, then one line of progress, then one sentence with its remedy. */
import {
  CircleCheck,
  Download,
  FileText,
  ListChecks,
  LoaderCircle,
  Network,
  RotateCw,
  Square,
  TriangleAlert,
  WifiOff,
} from 'lucide-preact';
import { useEffect, useRef } from 'preact/hooks';
import { createWords } from '../../i18n/words';
import type { NetworkFound, NetworkStep, Verdict } from '../../room/model';
import { Button } from '../../ui/button';
import type { Icon } from '../../ui/icon';
import { Note } from '../../ui/note';
import { save } from '../../ui/save';
import { Sign } from '../../ui/state';
import { useDesk } from '../desk';
import { detailsOf, reportOf, resultSigns, stepOf, verdictTones, webPort } from '../network';

const icons: Record<Verdict, Icon> = {
  good: CircleCheck,
  around: CircleCheck,
  narrow: TriangleAlert,
  shaky: TriangleAlert,
  sound: TriangleAlert,
  blocked: WifiOff,
};

export function NetworkTest() {
  const { visit, words } = useDesk();
  const { tests } = visit;
  const trial = tests.network.value;
  const now = useRef<HTMLDivElement>(null);
  const before = useRef(trial.state);
  useEffect(() => {
    // The result is taller than what was pressed, and the button to go in stands over the page's end.
    if (before.current === 'running' && trial.state === 'done')
      now.current?.scrollIntoView({ block: 'nearest' });
    before.current = trial.state;
  }, [trial.state]);
  return (
    <section
      class="network"
      aria-label={words.t('network.title')}
      data-testid="network"
      data-state={trial.state}
    >
      {trial.state === 'idle' && <p class="network-lead">{words.t('network.lead')}</p>}
      <div role="status" class="network-now" ref={now}>
        {trial.state === 'running' && <Progress step={trial.step} />}
        {trial.state === 'done' && <Result found={trial.found} />}
      </div>
      <div class="trial-acts">
        {trial.state === 'running' ? (
          <Button icon={Square} onClick={() => tests.stopNetwork()} testid="network-stop">
            {words.t('network.stop')}
          </Button>
        ) : (
          <Button
            icon={trial.state === 'idle' ? Network : RotateCw}
            onClick={() => tests.startNetwork()}
            testid="network-test"
          >
            {words.t(trial.state === 'idle' ? 'network.start' : 'network.again')}
          </Button>
        )}
        {trial.state === 'done' && <Papers found={trial.found} />}
      </div>
      {trial.state === 'done' && <Details found={trial.found} />}
    </section>
  );
}

function Progress({ step }: { step: NetworkStep }) {
  const { visit, words } = useDesk();
  const { number, of, word } = stepOf(step, webPort(), words.t);
  const speaks = step === 'media' && visit.devices.microphone.value.state === 'on';
  return (
    <>
      <p class="network-step" data-testid="network-step" data-step={step}>
        <LoaderCircle size={20} aria-hidden="true" />
        <span>
          <span class="digits">
            {number}/{of}
          </span>{' '}
          {word}
        </span>
      </p>
      {speaks && <p class="network-lead">{words.t('network.speak')}</p>}
    </>
  );
}

function Result({ found: { verdict } }: { found: NetworkFound }) {
  const { words } = useDesk();
  return (
    <div data-testid="network-verdict" data-verdict={verdict}>
      <Note
        icon={icons[verdict]}
        tone={verdictTones[verdict]}
        title={words.t(`network.verdict.${verdict}.title`)}
        inside
      >
        {words.t(`network.verdict.${verdict}.body`)}
      </Note>
    </div>
  );
}

/** What is handed to the people who look after the network. */
function Papers({ found }: { found: NetworkFound }) {
  const { visit, words } = useDesk();
  const keep = () => {
    const report = {
      found,
      origin: location.origin,
      port: webPort(),
      browser: visit.tests.readiness.value.browser,
    };
    const text = reportOf(report, words, createWords(null, ['en']));
    save(new Blob([text], { type: 'text/plain;charset=utf-8' }), `network-${found.test.at.slice(0, 10)}.txt`);
  };
  return (
    <>
      <Button icon={Download} onClick={keep} testid="network-save">
        {words.t('network.save')}
      </Button>
      {found.verdict !== 'good' && (
        <a class="button" href="/network" target="_blank" rel="noopener" data-testid="network-sheet">
          <FileText size={20} aria-hidden="true" />
          <span>{words.t('network.sheet')}</span>
        </a>
      )}
    </>
  );
}

function Details({ found }: { found: NetworkFound }) {
  const { words } = useDesk();
  return (
    <details class="network-details" data-testid="network-details">
      <summary>
        <ListChecks size={20} aria-hidden="true" />
        {words.t('network.details')}
      </summary>
      <dl>
        {detailsOf(found, webPort(), words.t).map(({ of, name, value, result }) => (
          <div key={of} data-testid={`network-${of}`} data-result={result ?? undefined}>
            <dt>
              <bdi>{name}</bdi>
            </dt>
            <dd data-tone={result ? resultSigns[result].tone : undefined}>
              {result && <Sign shape={resultSigns[result].shape} />}
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
