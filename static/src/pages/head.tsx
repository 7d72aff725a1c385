import { Globe } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { type Language, languages } from '../i18n/words';
import { Select } from '../ui/select';
import { useDesk } from './desk';

/** The head of every page but the room: whose event this is, and the language. */
export function Head({ children }: { children?: ComponentChildren }) {
  const { visit, words } = useDesk();
  const event = visit.bootstrap.value?.event;
  return (
    <header class="head">
      <div class="head-name">
        <span class="head-event">{event?.name ?? words.t('app.name')}</span>
        {event && <span class="head-by">{event.organiser}</span>}
      </div>
      <div class="head-side">
        {children}
        <LanguageChoice quiet />
      </div>
    </header>
  );
}

const names: Record<Language, string> = { ko: '한국어', en: 'English' };

export function LanguageChoice({ quiet }: { quiet?: boolean }) {
  const { words } = useDesk();
  return (
    <Select
      label={words.t('app.language')}
      value={words.language.value}
      options={languages.map((language) => ({ value: language, label: names[language], lang: language }))}
      onChoose={(value) => words.choose(value as Language)}
      icon={Globe}
      quiet={quiet ?? false}
      testid="language"
    />
  );
}
