/**
 * What a catalogue of words must hold. English is the measure: every other language has its keys, and
 * the plural forms that Intl asks of it. `people` is what a firm, buyer or interpreter sees, in fifteen
 * languages; `console` is what the center's staff sees, in two, so that a firm never meets a text
 * that its language lacks.
 */
import type { en as consoleEn } from './console/en';
import type { en as peopleEn } from './people/en';

type Form = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other';

/** The stem of a plural text: every one has the form `other`. */
type Stem<K> = K extends `${infer S}_other` ? S : never;

/** The keys of a level that are texts of one form or groups of texts. */
type Single<T> = Exclude<keyof T & string, `${Stem<keyof T>}_${Form}`>;

type Shape<T> = {
  [K in Single<T>]: T[K] extends string ? string : Shape<T[K]>;
} & {
  [K in Stem<keyof T> as `${K}_other`]: string;
} & {
  [K in Stem<keyof T> as `${K}_${Exclude<Form, 'other'>}`]?: string;
};

export type People = Shape<typeof peopleEn>;
export type Console = Shape<typeof consoleEn>;

type Paths<T, Prefix extends string = ''> =
  | {
      [K in Single<T>]: T[K & keyof T] extends string
        ? `${Prefix}${K}`
        : Paths<T[K & keyof T], `${Prefix}${K}.`>;
    }[Single<T>]
  | `${Prefix}${Stem<keyof T>}`;

/** The name of a text, such as `lobby.join`. Plural texts are named without their ending. */
export type Key = Paths<typeof peopleEn> | Paths<typeof consoleEn>;
