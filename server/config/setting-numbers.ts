/** Numbers in settings. */
import * as z from 'zod';

/** Digits, and with `whole` false a decimal fraction: `1e3`, `0x10`, `12 MB` and blanks are mistakes, not numbers. */
export function number(least: number, most: number, whole: boolean) {
  const grammar = whole ? /^-?\d{1,15}$/ : /^-?\d{1,15}(?:\.\d{1,15})?$/;
  const kind = whole ? 'a whole number' : 'a number';
  return z.string().transform((text, issue) => {
    const value = Number(text);
    if (grammar.test(text) && value >= least && value <= most) return value;
    issue.addIssue({
      code: 'custom',
      message: `expected ${kind} from ${least} to ${most} without a unit, got ${JSON.stringify(text.slice(0, 50))}`,
    });
    return z.NEVER;
  });
}
