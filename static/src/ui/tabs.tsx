import { useRef } from 'preact/hooks';

interface Props<T extends string> {
  label: string;
  tabs: readonly { key: T; label: string }[];
  chosen: T;
  onChoose: (key: T) => void;
  /** the id of what the chosen tab shows */
  panel: string;
  small?: boolean;
}

/** Tabs as the ARIA practices have them: one stop of the Tab key, arrows move and choose. */
export function Tabs<T extends string>({ label, tabs, chosen, onChoose, panel, small }: Props<T>) {
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = tabs.findIndex((tab) => tab.key === chosen);
    const to =
      step === 'first' ? 0 : step === 'last' ? tabs.length - 1 : (at + step + tabs.length) % tabs.length;
    const next = tabs[to];
    if (!next) return;
    onChoose(next.key);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.key}"]`)?.focus();
  };
  return (
    <div ref={list} class="tabs" role="tablist" aria-label={label} data-small={small} onKeyDown={move}>
      {tabs.map((tab) => (
        <button
          key={tab.key}
          type="button"
          role="tab"
          class="tab"
          id={`${panel}-${tab.key}`}
          data-tab={tab.key}
          data-testid={`tab-${tab.key}`}
          aria-selected={tab.key === chosen}
          aria-controls={panel}
          tabIndex={tab.key === chosen ? 0 : -1}
          onClick={() => onChoose(tab.key)}
        >
          {tab.label}
        </button>
      ))}
    </div>
  );
}

const steps: Record<string, 1 | -1 | 'first' | 'last'> = {
  ArrowRight: 1,
  ArrowLeft: -1,
  Home: 'first',
  End: 'last',
};
