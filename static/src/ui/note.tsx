import type { ComponentChildren } from 'preact';
import type { Icon } from './icon';
import type { Tone } from './state';

interface Props {
  icon: Icon;
  tone?: Tone;
  title?: string;
  children?: ComponentChildren;
  action?: ComponentChildren;
  testid?: string;
  /** stands in a region that speaks already */
  inside?: boolean;
}

/** Something to know and its remedy. It is polite: a reader hears it when the sentence is done. */
export function Note({ icon: Sign, tone, title, children, action, testid, inside }: Props) {
  return (
    <div class="note" data-tone={tone} data-testid={testid} role={inside ? undefined : 'status'}>
      <Sign size={24} aria-hidden="true" />
      <div class="note-text">
        {title && <strong>{title}</strong>}
        {children}
      </div>
      {action}
    </div>
  );
}
