import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { Load } from '../../../room/desk/load';
import { Waits } from '../waits';

interface Props {
  title: string;
  lead: string;
  /** what the part stands on, if it is read from the server */
  load?: Load<unknown>;
  again?: () => void;
  action?: ComponentChildren;
  children?: ComponentChildren;
  testid: string;
}

export function Part({ title, lead, load, again, action, children, testid }: Props) {
  const id = useId();
  return (
    <section class="card office-part" aria-labelledby={id} data-testid={testid}>
      <div class="office-head">
        <div>
          <h2 id={id}>{title}</h2>
          <p class="form-hint">{lead}</p>
        </div>
        {action}
      </div>
      {load && again && <Waits load={load} again={again} />}
      {children}
    </section>
  );
}
