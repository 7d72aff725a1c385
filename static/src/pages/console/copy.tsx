import { useSignal } from '@preact/signals';
import { Copy } from 'lucide-preact';
import { intoClipboard } from '../../ui/clipboard';
import { useDesk } from '../desk';

/** CopyText puts a text into the clipboard; name says whose it is to who does not see the page. */
export function CopyText({ text, name }: { text: string; name: string }) {
  const { words } = useDesk();
  const state = useSignal<'idle' | 'copied' | 'failed'>('idle');
  const copy = () => {
    intoClipboard(text).then(
      () => {
        state.value = 'copied';
      },
      () => {
        state.value = 'failed';
      },
    );
  };
  return (
    <button type="button" class="button" data-look="plain" data-testid="copy" onClick={copy}>
      <Copy size={18} aria-hidden="true" />
      <span aria-live="polite">
        {words.t(
          state.value === 'copied'
            ? 'links.copied'
            : state.value === 'failed'
              ? 'links.notCopied'
              : 'links.copy',
        )}
      </span>
      <span class="hidden">{name}</span>
    </button>
  );
}
