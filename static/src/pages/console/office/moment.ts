import type { Format } from '../../../i18n/format';
import { at } from '../../meeting';

/** moment writes a day and a time at the center; a dash where there is none. */
export function moment(format: Format, zone: string, instant: string | undefined): string {
  return instant ? `${format.shortDay(at(instant), zone)} ${format.time(at(instant), zone)}` : '–';
}
