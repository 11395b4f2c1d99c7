/** Rates of one function among others, with intervals from the parts of the range. */
import { rateByBlocks } from '../../analytics/metrics/counted-rate.ts';
import { coldStartsOf, errorsOf, placedOf } from '../../analytics/metrics/counts.ts';
import type { Rate } from '../../analytics/statistics/rate.ts';
import type { FunctionAggregate, RateBlocks } from '../../storage/ports.ts';

type Counted = Pick<FunctionAggregate, 'counts' | 'blocks'>;

/** Known failures of all invocations. */
export function errorsRate({ counts, blocks }: Counted): Rate {
  return rateByBlocks({ hits: errorsOf(counts), n: counts.n }, pairs(blocks.errors, blocks.n));
}

/** Cold starts of every kind, of all invocations. */
export function coldStartRate({ counts, blocks }: Counted): Rate {
  return rateByBlocks({ hits: coldStartsOf(counts), n: counts.n }, pairs(blocks.coldStarts, blocks.n));
}

/** Cold starts that a caller waited for, of the invocations whose log stream is known. */
export function userFeltRate({ counts, blocks }: Counted): Rate {
  return rateByBlocks({ hits: counts.user_felt, n: placedOf(counts) }, pairs(blocks.userFelt, blocks.placed));
}

function pairs(hits: RateBlocks['errors'], among: RateBlocks['n']) {
  return among.map((n, at) => ({ hits: hits[at] ?? 0, n }));
}
