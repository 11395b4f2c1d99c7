/** Cost of cold starts: the time callers waited, and the billed amount. */
import { reasonOf } from '../../../ingest/text/reason.ts';
import { computeUsd, priceOf } from '../../analytics/cost/cost.ts';
import type { PriceFactors, PriceTerms } from '../../analytics/cost/terms.ts';
import { coldStartsOf } from '../../analytics/metrics/counts.ts';
import type { ColdStartAggregate } from '../../storage/ports.ts';
import type { PriceAssumptions } from './price-assumptions.ts';
import { assumptionsView, unitPriceAssumptions } from './price-assumptions.ts';

export interface ColdStartTax {
  readonly taxMsPerDay: number | null;
  readonly taxUsd: number | null;
  readonly firstConnectionMs: {
    readonly n: number;
    readonly median: number | null;
    readonly warmMedian: number | null;
    readonly excess: number | null;
  };
}

/** Above this share of cold invocations, the median of all durations does not represent warm ones. */
const MOSTLY_COLD = 0.3;

/**
 * Time: init and restore of user-felt cold starts, and for each of them by how much the typical first Duration of an
 * environment exceeds the warm median. Dollars: inits that the lines bill, and that excess, at the price of their size. Both are null
 * while none of the range's cold starts is attributed: before that, neither the excess nor the billed amount is known.
 */
export function taxOf(
  { counts, causes: derived, durationMs, usage }: ColdStartAggregate,
  days: number,
  region: string,
  factors: PriceFactors,
): ColdStartTax {
  const warmMedian = coldStartsOf(counts) <= MOSTLY_COLD * counts.n ? durationMs.p50 : null;
  const { n, median } = derived.firstDurationMs;
  const excess = median === null || warmMedian === null ? null : Math.max(0, median - warmMedian);
  const excessMs = n * (excess ?? 0);
  const firstConnectionMs = { n, median, warmMedian, excess };
  if (counts.n === 0 || !isAttributed(counts, derived)) return { taxMsPerDay: null, taxUsd: null, firstConnectionMs };
  return {
    taxMsPerDay: (counts.felt_init_us / 1000 + excessMs) / days,
    taxUsd: dollars(derived, usage, excessMs, (architecture) => priceOf(region, architecture, factors).perGbSecond),
    firstConnectionMs,
  };
}

/** What {@link taxOf} assumes about money, in sentences; none if the amount is unknown. */
export function taxAssumptions(
  { range, causes: derived, usage }: ColdStartAggregate,
  { taxUsd, firstConnectionMs }: ColdStartTax,
  region: string,
  terms: PriceTerms,
): PriceAssumptions {
  if (taxUsd === null) return { priceAssumptions: [], priceAssumptionCodes: [] };
  const withoutSize = derived.billedInits.reduce((sum, { memoryMb, ms }) => sum + (memoryMb === null ? ms : 0), 0);
  return assumptionsView([
    ...unitPriceAssumptions(
      usage.map((slice) => ({ ...slice, region })),
      range,
      terms,
    ),
    reasonOf('price-billed-init'),
    ...(firstConnectionMs.n === 0
      ? []
      : [
          firstConnectionMs.excess === null
            ? reasonOf('price-first-invocations-unknown')
            : reasonOf('price-first-invocations'),
        ]),
    ...(withoutSize > 0 ? [reasonOf('price-inits-without-size', { initMs: withoutSize })] : []),
    reasonOf('price-cold-starts'),
  ]);
}

/** Returns false while the range has cold starts and none of them is attributed. */
export function isAttributed(counts: ColdStartAggregate['counts'], causes: ColdStartAggregate['causes']): boolean {
  return coldStartsOf(counts) === 0 || causes.byCause.length > 0;
}

function dollars(
  derived: ColdStartAggregate['causes'],
  usage: ColdStartAggregate['usage'],
  excessMs: number,
  priceFor: (architecture: string | null) => number,
): number | null {
  const priced = usage.filter((slice) => slice.memoryMb !== null);
  const invocations = priced.reduce((sum, slice) => sum + slice.invocations, 0);
  if (invocations === 0) return null;
  const cost = (memoryMb: number | null, architecture: string | null, ms: number): number =>
    memoryMb === null ? 0 : computeUsd(memoryMb, ms, priceFor(architecture));
  const inits = derived.billedInits.map((init) => cost(init.memoryMb, init.architecture, init.ms));
  // Distribute the excess over memory sizes in proportion to their invocations.
  const excess = priced.map((slice) =>
    cost(slice.memoryMb, slice.architecture, (excessMs * slice.invocations) / invocations),
  );
  return [...inits, ...excess].reduce((sum, usd) => sum + usd, 0);
}
