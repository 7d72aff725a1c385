/**
 * Names and addresses keep their own direction inside a sentence of the other one (Unicode UAX 9,
 * 2.7): without it "(Textil S.A.)" in an Arabic line loses its full stop to the other end. Characters
 * were chosen over <bdi>, because the same texts go into titles and labels, which hold no markup.
 */
import type { Values } from './words';

const first = '\u2068';
const last = '\u2069';
const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;

/** isolated wraps the values that could disturb a sentence; a sentence of one direction stays as it is. */
export function isolated(values: Values, direction: 'ltr' | 'rtl'): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' && (direction === 'rtl' || rightToLeft.test(value))
        ? first + value + last
        : value,
    ]),
  );
}
