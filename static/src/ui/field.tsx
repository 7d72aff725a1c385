import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  type?: 'text' | 'number' | 'email' | 'tel' | 'date' | 'datetime-local' | 'time' | 'search' | 'password';
  hint?: string;
  min?: number;
  max?: number;
  step?: number;
  required?: boolean;
  placeholder?: string;
  testid?: string;
  length?: number;
  /** what the browser may fill in */
  complete?: 'username' | 'current-password' | 'new-password';
}

export function Field({
  label,
  value,
  onChange,
  type = 'text',
  hint,
  length,
  complete,
  testid,
  ...rest
}: Props) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        class="input"
        // The types of preact part inputs by kind; here the kind is the caller's.
        type={type as 'text'}
        value={value}
        data-testid={testid}
        onInput={(event) => onChange(event.currentTarget.value)}
        {...(length === undefined ? {} : { maxLength: length })}
        {...(complete ? { autoComplete: complete } : {})}
        {...(hint ? { 'aria-describedby': `${id}-hint` } : {})}
        {...rest}
      />
      {hint && (
        <small id={`${id}-hint`} class="field-hint">
          {hint}
        </small>
      )}
    </div>
  );
}

interface CheckProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ComponentChildren;
  testid?: string;
}

export function Check({ checked, onChange, children, testid }: CheckProps) {
  return (
    <label class="tick">
      <input
        type="checkbox"
        checked={checked}
        data-testid={testid}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>{children}</span>
    </label>
  );
}
