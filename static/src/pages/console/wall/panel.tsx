/** A panel beside the wall where there is room for both, a dialog over it where there is not. */
import { X } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Dialog } from '../../../ui/dialog';

interface Props {
  title: string;
  close: string;
  onClose: () => void;
  children: ComponentChildren;
}

const beside = '(min-width: 1200px)';

export function Panel({ title, close, onClose, children }: Props) {
  const wide = useMedia(beside);
  const heading = useId();
  const first = useRef<HTMLHeadingElement>(null);
  useEffect(() => first.current?.focus({ preventScroll: true }), []);
  if (!wide) {
    return (
      <Dialog title={title} close={close} onClose={onClose} side testid="room-detail">
        {children}
      </Dialog>
    );
  }
  return (
    <aside
      class="panel"
      aria-labelledby={heading}
      data-testid="room-detail"
      onKeyDown={(event) => {
        // Escape in a dialog above closes that one; it does not come here.
        if (event.key === 'Escape' && !(event.target as Element).closest('dialog')) {
          event.preventDefault();
          onClose();
        }
      }}
    >
      <div class="panel-head">
        <h2 id={heading} ref={first} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" class="button" data-look="plain" onClick={onClose} data-testid="room-close">
          <X size={20} aria-hidden="true" />
          <span>{close}</span>
        </button>
      </div>
      <div class="panel-body">{children}</div>
    </aside>
  );
}

function useMedia(query: string): boolean {
  const [matches, set] = useState(() => window.matchMedia(query).matches);
  useEffect(() => {
    const list = window.matchMedia(query);
    const changed = () => set(list.matches);
    list.addEventListener('change', changed);
    return () => list.removeEventListener('change', changed);
  }, [query]);
  return matches;
}
