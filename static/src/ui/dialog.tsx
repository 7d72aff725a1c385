import { X } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

interface Props {
  title: string;
  close: string;
  onClose: () => void;
  children: ComponentChildren;
  /** at the side of the page, as high as it is */
  side?: boolean;
  testid?: string;
}

/** A modal dialog that is open while it is drawn: the browser keeps the focus in it and gives it back. */
export function Dialog({ title, close, onClose, children, side, testid }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const shown = dialog.current;
    if (shown && !shown.open) shown.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="dialog card"
      data-side={side}
      aria-labelledby={heading}
      data-testid={testid}
      onCancel={(event) => {
        // The owner takes it off the page; a dialog closed behind its back would come back as a ghost.
        event.preventDefault();
        onClose();
      }}
    >
      <div class="dialog-head">
        <h2 id={heading}>{title}</h2>
        <button type="button" class="button" data-look="plain" onClick={onClose} data-testid="dialog-close">
          <X size={20} aria-hidden="true" />
          <span>{close}</span>
        </button>
      </div>
      <div class="dialog-body">{children}</div>
    </dialog>
  );
}
