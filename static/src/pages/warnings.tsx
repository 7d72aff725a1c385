/** What the reader should know about clocks, in words, with what to do. */
import { Clock4, Globe, TriangleAlert } from 'lucide-preact';
import type { TimeWarning } from '../room/model';
import { Note } from '../ui/note';
import { useDesk } from './desk';
import { span } from './span';

export function TimeWarnings() {
  const { visit } = useDesk();
  const warnings = visit.timeWarnings.value;
  return warnings.length > 0 ? (
    <div class="warnings">
      {warnings.map((warning) => (
        <Warning key={`${warning.what} ${'where' in warning ? warning.where : ''}`} warning={warning} />
      ))}
    </div>
  ) : null;
}

function Warning({ warning }: { warning: TimeWarning }) {
  const { words, format, now } = useDesk();
  const language = words.language.value;
  switch (warning.what) {
    case 'clock':
      return (
        <Note
          icon={TriangleAlert}
          tone="wait"
          testid="time-warning"
          title={words.t(warning.offset > 0 ? 'warn.clockFast' : 'warn.clockSlow', {
            duration: span(warning.offset, language),
          })}
        >
          {words.t('warn.clockBody')}
        </Note>
      );
    case 'zone':
      return (
        <Note icon={Globe} tone="wait" testid="time-warning" title={words.t('warn.zone')}>
          {words.t('warn.zoneBody', {
            zone: format.value.zone(warning.device, now.value),
            country: format.value.country(warning.country),
          })}
        </Note>
      );
    case 'daylight': {
      const turn = warning.shift > 0 ? 'Forward' : 'Back';
      return (
        <Note icon={Clock4} tone="wait" testid="time-warning" title={words.t('warn.daylight')}>
          {words.t(`warn.${warning.where}${turn}`, {
            duration: span(warning.shift * 60_000, language),
            day: format.value.day(warning.at, warning.zone),
          })}
        </Note>
      );
    }
  }
}
