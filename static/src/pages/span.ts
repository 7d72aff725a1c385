/** Lengths of time in words, by Intl: it knows the plural rules of fifteen languages. */
import { type Language, tagOf } from '../i18n/languages';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** span writes a length of time in the largest unit that tells it well: 3 minutes, 1 hour, 2 days. */
export function span(ms: number, language: Language): string {
  const length = Math.abs(ms);
  const [unit, size] =
    length >= 2 * day
      ? (['day', day] as const)
      : length >= hour
        ? (['hour', hour] as const)
        : (['minute', minute] as const);
  return new Intl.NumberFormat(tagOf(language), { style: 'unit', unit, unitDisplay: 'long' }).format(
    Math.max(1, Math.round(length / size)),
  );
}

/** weekday is Mon, in a zone. */
export function weekday(at: number, zone: string, language: Language): string {
  return new Intl.DateTimeFormat(tagOf(language), { weekday: 'short', timeZone: zone }).format(at);
}

/** exact writes a length of time with its seconds: 40 sec, 1 min 40 sec. */
export function exact(ms: number, language: Language): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const unit = (value: number, name: 'minute' | 'second'): string =>
    new Intl.NumberFormat(tagOf(language), { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  const minutes = Math.floor(total / 60);
  const seconds = unit(total % 60, 'second');
  return minutes > 0 ? `${unit(minutes, 'minute')} ${seconds}` : seconds;
}

/**
 * brief is a length of time on a tile: 18m, and with its seconds below ten minutes. Never 18:00, which stands beside
 * times of day and reads like one.
 */
export function brief(ms: number, language: Language): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const unit = (value: number, name: 'minute' | 'second'): string =>
    new Intl.NumberFormat(tagOf(language), { style: 'unit', unit: name, unitDisplay: 'narrow' }).format(
      value,
    );
  const minutes = Math.floor(total / 60);
  if (minutes >= 10) return unit(minutes, 'minute');
  const seconds = unit(total % 60, 'second');
  return minutes > 0 ? `${unit(minutes, 'minute')} ${seconds}` : seconds;
}
