/** Sentences that say why a metric of two periods cannot be compared. */
import { chosenLength, integer, plural } from '../../../ingest/text/quantities.ts';

/** Numbers of values before and after. */
export type Sizes = readonly [before: number, after: number];

/** `needed` on each side. `inSharedHours` if only the hours of the day that both periods have are compared. */
export function tooFew(noun: string, [before, after]: Sizes, needed: number, inSharedHours: boolean): string {
  const where = inSharedHours ? ' in the hours of the day that both periods have' : '';
  // Sums of weights are off by rounding: 199.999 999 are 200.
  const whole = (n: number): number => Math.floor(n + 1e-6);
  const first = plural(whole(before), noun.replace(/s$/, ''));
  return `Too few: ${first} before and ${integer(whole(after))} after${where}; at least ${integer(needed)} are required on each side.`;
}

export function tooFewIndependent(noun: string, blockMs: number): string {
  return `The ${noun} came in too few bursts: those of the same ${chosenLength(blockMs)} resemble each other, so that they are worth fewer independent ones than are required. Compare longer periods.`;
}

export function tooFewBlocks(noun: string, blockMs: number): string {
  return `The ${noun} come from too few blocks of ${chosenLength(blockMs)} to know how much they vary from one to the next. Compare longer periods.`;
}

export const NOT_POSITIVE = 'A value is 0, and a change relative to 0 is not defined.';

export function errorsNotKnown(invocations: number): string {
  return `Of ${integer(invocations)} invocations it is not known whether the handler threw.`;
}

export function noPrice([before, after]: readonly [before: boolean, after: boolean]): string {
  const side = before && after ? 'either period' : before ? 'the period before' : 'the period after';
  return `The cost of ${side} is not known: its price or its memory size is not known.`;
}
