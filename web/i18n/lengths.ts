/** Lengths of time in the language of the reader. */
import { message, translated } from './translate.ts';

/** Units of time that are words; ms and s are the same in all languages. */
const TIME_UNITS = {
  min: message('{n} min'),
  h: message('{n} h'),
  days: message('{n} days'),
  day: message('{n} day'),
} as const;

/** A length of time in English with its unit in the language of the reader. */
export function lengthUnits(text: string): string {
  const [, n = '', unit] = /^(.*) (min|h|days?)$/.exec(text) ?? [];
  return unit === undefined ? text : translated(TIME_UNITS[unit as keyof typeof TIME_UNITS], { n });
}
