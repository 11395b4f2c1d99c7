/** Rates of one function among others, with intervals from the parts of the range. */
import { rateInLists } from '../../analytics/metrics/counted-rate.ts';
import { coldStartsOf, errorsOf, placedOf } from '../../analytics/metrics/counts.ts';
import type { Rate } from '../../analytics/statistics/rate.ts';
import type { FunctionAggregate, RateBlocks } from '../../storage/ports.ts';

interface Counted extends Pick<FunctionAggregate, 'counts'> {
  readonly blocks: RateBlocks | null;
}

/** Known failures of all invocations. */
export function errorsRate({ counts, blocks }: Counted): Rate {
  return rateInLists({ hits: errorsOf(counts), n: counts.n }, blocks, 'errors');
}

/** Cold starts of every kind, of all invocations. */
export function coldStartRate({ counts, blocks }: Counted): Rate {
  return rateInLists({ hits: coldStartsOf(counts), n: counts.n }, blocks, 'coldStarts');
}

/** Cold starts that a caller waited for, of the invocations whose log stream is known. */
export function userFeltRate({ counts, blocks }: Counted): Rate {
  return rateInLists({ hits: counts.user_felt, n: placedOf(counts) }, blocks, 'userFelt');
}
