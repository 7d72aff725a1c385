/** Pages with one message and one next step. */
import { CircleAlert, Compass, Copy, LoaderCircle, RotateCw } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Code } from '../protocol/types';
import type { Place } from '../room/model';
import { Button } from '../ui/button';
import { intoClipboard } from '../ui/clipboard';
import type { Icon } from '../ui/icon';
import type { Tone } from '../ui/state';
import { Title } from '../ui/title';
import { useDesk } from './desk';
import { Head } from './head';
import { NowClocks } from './nowclocks';
import { reasonOf } from './reasons';

interface Props {
  icon: Icon;
  tone?: Tone | undefined;
  title: string;
  lead: string;
  children?: ComponentChildren;
}

export function Notice({ icon: Sign, tone, title, lead, children }: Props) {
  return (
    <div class="page">
      <Head>
        <NowClocks />
      </Head>
      <main id="main" tabIndex={-1} class="notice" data-tone={tone}>
        <div class="notice-body">
          <span class="notice-sign">
            <Sign size={32} aria-hidden="true" />
          </span>
          <div>
            <Title>{title}</Title>
            <p class="notice-lead">{lead}</p>
          </div>
          {children}
        </div>
      </main>
    </div>
  );
}

export function OpeningPage() {
  const { words } = useDesk();
  return (
    <Notice icon={LoaderCircle} title={words.t('opening.title')} lead={words.t('opening.body')}>
      <span class="pulse" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
    </Notice>
  );
}

export function StoppedPage({ code }: { code: Code }) {
  const { visit, words } = useDesk();
  const { reason, again } = reasonOf(code);
  const organiser = visit.bootstrap.value?.event.organiser;
  return (
    <Notice
      icon={CircleAlert}
      tone={again ? 'wait' : 'idle'}
      title={words.t(`stopped.${reason}.title`)}
      lead={words.t(`stopped.${reason}.body`)}
    >
      <p class="notice-next">{words.t(`stopped.${reason}.next`)}</p>
      {again && (
        <div class="notice-actions">
          <Button look="main" big icon={RotateCw} onClick={() => window.location.reload()} testid="reload">
            {words.t('stopped.reload')}
          </Button>
        </div>
      )}
      <p class="notice-ask">
        {organiser ? words.t('stopped.askOrganiser', { organiser }) : words.t('stopped.ask')}
      </p>
    </Notice>
  );
}

type Unsupported = Extract<Place, { at: 'unsupported' }>['reason'];

export function UnsupportedPage({ reason }: { reason: Unsupported }) {
  const { words } = useDesk();
  const [told, setTold] = useState<'copied' | 'byHand' | null>(null);
  const link = window.location.href;
  // In-app browsers refuse the clipboard now and then; the link in sight is the way that always works.
  const copy = () => {
    intoClipboard(link).then(
      () => setTold('copied'),
      () => setTold('byHand'),
    );
  };
  return (
    <Notice
      icon={Compass}
      tone="wait"
      title={words.t(`unsupported.${reason}.title`)}
      lead={words.t(`unsupported.${reason}.body`)}
    >
      <div class="notice-actions">
        <Button look="main" big icon={Copy} onClick={copy} testid="copy-link">
          {words.t('unsupported.copy')}
        </Button>
      </div>
      <p class="notice-next" role="status">
        {told && words.t(`unsupported.${told}`)}
      </p>
      <input
        class="notice-link"
        readOnly
        value={link}
        aria-label={words.t('unsupported.link')}
        data-testid="link"
        onFocus={(event) => event.currentTarget.select()}
      />
    </Notice>
  );
}
