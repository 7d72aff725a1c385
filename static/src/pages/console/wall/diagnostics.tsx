/** What a person's browser knows of itself: readable on top, every detail below, and all of it to be copied. */
import { useSignal } from '@preact/signals';
import { ClipboardCopy } from 'lucide-preact';
import { useEffect } from 'preact/hooks';
import type { Diagnostics } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { intoClipboard } from '../../../ui/clipboard';
import { Dialog } from '../../../ui/dialog';
import { useDesk } from '../../desk';
import { useDoing } from '../doing';
import { useStaff } from '../staff';
import { diagnosticsText } from './truth';

interface Props {
  consultation: string;
  seat: string;
  name: string;
  onClose: () => void;
}

export function DiagnosticsDialog({ consultation, seat, name, onClose }: Props) {
  const { words } = useDesk();
  const { steer } = useStaff().board;
  const found = useSignal<Diagnostics | null>(null);
  const asking = useDoing();
  const ask = () => {
    asking.run(async () => {
      found.value = await steer.diagnose(consultation, seat);
    });
  };
  useEffect(ask, []);
  return (
    <Dialog
      title={words.t('diagnostics.title', { name })}
      close={words.t('room.close')}
      onClose={onClose}
      testid="diagnostics-dialog"
    >
      <p role="status">{asking.failed ?? (asking.busy && words.t('devices_of.asking'))}</p>
      {asking.failed && <Button onClick={ask}>{words.t('lobby.retry')}</Button>}
      {found.value && <Found diagnostics={found.value} about={`${seat} ${name}`} />}
    </Dialog>
  );
}

function Found({ diagnostics, about }: { diagnostics: Diagnostics; about: string }) {
  const { words } = useDesk();
  const copied = useSignal<'no' | 'yes' | 'failed'>('no');
  const { browser, system, screen, battery, network, route, rtt_ms, sending, receiving, limited, lines } =
    diagnostics;
  const plain = {
    browser,
    system,
    screen,
    battery: battery ?? '',
    network: network ?? '',
    route,
    rtt: `${Math.round(rtt_ms)} ms`,
    sending,
    receiving,
    limited: limitOf(limited) ? words.t(`diagnostics.limits.${limitOf(limited) ?? 'other'}`) : limited,
  };
  const fields = Object.entries(plain) as [keyof typeof plain, string][];
  const copy = () => {
    const raw = fields.map(([key, value]) => [key, key === 'limited' ? limited : value] as const);
    intoClipboard(diagnosticsText(about, raw, lines)).then(
      () => {
        copied.value = 'yes';
      },
      () => {
        copied.value = 'failed';
      },
    );
  };
  return (
    <>
      <dl class="diagnostics">
        {fields
          .filter(([, value]) => value !== '')
          .map(([key, value]) => (
            <div key={key}>
              <dt>{words.t(`diagnostics.${key}`)}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      <div class="buttons">
        <Button icon={ClipboardCopy} onClick={copy} testid="copy">
          {words.t('diagnostics.copy')}
        </Button>
        <span role="status" class="form-hint">
          {copied.value === 'yes' && words.t('diagnostics.copied')}
          {copied.value === 'failed' && words.t('diagnostics.byHand')}
        </span>
      </div>
      <details class="diagnostics-lines">
        <summary>{words.t('diagnostics.lines')}</summary>
        {/* It scrolls, so the keyboard must reach it. */}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls is reached by the keyboard (WCAG 2.1.1) */}
        <pre tabIndex={0} lang="en">
          {lines.join('\n')}
        </pre>
      </details>
    </>
  );
}

function limitOf(limited: string): 'none' | 'cpu' | 'bandwidth' | 'other' | null {
  return limited === 'none' || limited === 'cpu' || limited === 'bandwidth' || limited === 'other'
    ? limited
    : null;
}
