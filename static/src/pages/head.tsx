import { Globe } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { type Language, nameOf } from '../i18n/languages';
import { Select } from '../ui/select';
import { useDesk } from './desk';

/** The head of every page but the room: whose event this is, and the language. */
export function Head({ children }: { children?: ComponentChildren }) {
  const { visit, words } = useDesk();
  const event = visit.bootstrap.value?.event;
  return (
    <header class="head">
      <div class="head-name">
        <span class="head-event" dir="auto">
          {event?.name ?? words.t('app.name')}
        </span>
        {event && (
          <span class="head-by" dir="auto">
            {event.organiser}
          </span>
        )}
      </div>
      <div class="head-side">
        {children}
        <LanguageChoice quiet />
      </div>
    </header>
  );
}

export function LanguageChoice({ quiet }: { quiet?: boolean }) {
  const { words } = useDesk();
  return (
    <Select
      label={words.t('app.language')}
      value={words.language.value}
      options={words.offer.value.map((language) => ({
        value: language,
        label: nameOf(language),
        lang: language,
      }))}
      onChoose={(value) => void words.choose(value as Language)}
      icon={Globe}
      quiet={quiet ?? false}
      testid="language"
    />
  );
}
