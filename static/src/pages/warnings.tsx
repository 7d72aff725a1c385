/** What the reader should know about clocks, in words, with what to do: the worst at length, the rest by its title. */
import { Clock4, Globe, TriangleAlert } from 'lucide-preact';
import type { TimeWarning } from '../room/model';
import type { Icon } from '../ui/icon';
import { Note } from '../ui/note';
import { type Desk, useDesk } from './desk';
import { span } from './span';

export function TimeWarnings() {
  const desk = useDesk();
  const [first, ...rest] = desk.visit.timeWarnings.value.map((warning) => toldOf(warning, desk));
  return first ? (
    <div class="warnings">
      <Note icon={first.icon} tone="wait" testid="time-warning" title={first.title}>
        {first.body}
      </Note>
      {rest.map(({ title, body }) => (
        <details key={body} class="warning-more" data-testid="time-warning">
          <summary>{title}</summary>
          <p>{body}</p>
        </details>
      ))}
    </div>
  ) : null;
}

interface Told {
  icon: Icon;
  title: string;
  body: string;
}

function toldOf(warning: TimeWarning, { words, format, now }: Desk): Told {
  const language = words.language.value;
  switch (warning.what) {
    case 'clock': {
      const duration = span(warning.offset, language);
      return {
        icon: TriangleAlert,
        title: words.t(warning.offset > 0 ? 'warn.clockFast' : 'warn.clockSlow', { duration }),
        body: words.t('warn.clockBody'),
      };
    }
    case 'zone': {
      const zone = format.value.zone(warning.device, now.value);
      const country = format.value.country(warning.country);
      return {
        icon: Globe,
        title: words.t('warn.zone'),
        body: words.t('warn.zoneBody', { zone, country }),
      };
    }
    case 'daylight': {
      const turn = warning.shift > 0 ? 'Forward' : 'Back';
      const duration = span(warning.shift * 60_000, language);
      const day = format.value.day(warning.at, warning.zone);
      return {
        icon: Clock4,
        title: words.t('warn.daylight'),
        body: words.t(`warn.${warning.where}${turn}`, { duration, day }),
      };
    }
  }
}
