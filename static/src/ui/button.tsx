import type { ComponentChildren } from 'preact';
import type { Icon } from './icon';

interface Props {
  children: ComponentChildren;
  onClick?: () => void;
  look?: 'main' | 'end' | 'plain';
  big?: boolean;
  icon?: Icon;
  /** stays in reach of the keyboard while it waits, so that the focus is not lost */
  busy?: boolean;
  testid?: string;
  type?: 'button' | 'submit';
}

export function Button({ children, onClick, look, big, icon: Sign, busy, testid, type = 'button' }: Props) {
  return (
    <button
      type={type}
      class="button"
      data-look={look}
      data-size={big ? 'big' : undefined}
      data-testid={testid}
      aria-disabled={busy ? 'true' : undefined}
      onClick={busy ? undefined : onClick}
    >
      {Sign && <Sign size={big ? 24 : 20} aria-hidden="true" />}
      <span>{children}</span>
    </button>
  );
}
