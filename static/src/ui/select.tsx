import { ChevronDown } from 'lucide-preact';
import { useId } from 'preact/hooks';
import type { Icon } from './icon';

interface Props {
  label: string;
  value: string;
  options: readonly { value: string; label: string; lang?: string }[];
  onChoose: (value: string) => void;
  icon?: Icon;
  /** the label is for readers alone, the sign shows the rest what it is */
  quiet?: boolean;
  testid?: string;
}

export function Select({ label, value, options, onChoose, icon: Sign, quiet, testid }: Props) {
  const id = useId();
  return (
    <div class="field">
      <label for={id} class={quiet ? 'hidden' : undefined}>
        {label}
      </label>
      <span class="select" data-lead={Sign ? 'true' : undefined}>
        {Sign && <Sign size={18} aria-hidden="true" />}
        <select
          id={id}
          value={value}
          data-testid={testid}
          onChange={(event) => onChoose(event.currentTarget.value)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value} lang={option.lang}>
              {option.label}
            </option>
          ))}
        </select>
        <ChevronDown size={18} aria-hidden="true" />
      </span>
    </div>
  );
}
