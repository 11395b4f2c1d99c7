/** Converts stored counts to the input of verdicts. */
import type { Period } from '../../analytics/compare/period.ts';
import { AT_LIST_PRICE } from '../../analytics/cost/terms.ts';
import { coldStartsOf, errorsOf } from '../../analytics/metrics/counts.ts';
import type { Distribution } from '../../storage/ports.ts';
import { costOfUsage } from './present.ts';

/** At list price on both sides: the begin of a savings plan is not a change of the function. */
export function measured(found: Distribution, region: string): Period {
  const { counts, durationMs, initMs, blockMs } = found;
  const cost = costOfUsage(region, found.usage, AT_LIST_PRICE)?.usd ?? null;
  return {
    n: counts.n,
    errors: errorsOf(counts),
    errorsUnknown: counts.errors_unknown,
    coldStarts: coldStartsOf(counts),
    durationMs,
    initMs,
    blockMs,
    blocks: found.blocks,
    costPer1kUsd: cost === null || counts.n === 0 ? null : (cost / counts.n) * 1000,
  };
}
