/** What prices assume, in sentences. */
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import { PRICES_FIRST_MONTH, PRICES_LAST_MONTH, REGION_PRICES } from '../../analytics/cost/prices.ts';
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { describeTerms } from '../../analytics/cost/terms.ts';
import type { TimeRange, UsageSlice } from '../../storage/ports.ts';
import type { ReasonCodeView } from '../contract/reasons.ts';
import { codesOf } from './reasons.ts';

type Priced = Pick<UsageSlice, 'architecture' | 'invocations'>;

/** Regions whose names are printed; others are counted. */
const MOST_REGIONS = 5;

export interface PriceAssumptions {
  readonly priceAssumptions: string[];
  readonly priceAssumptionCodes: ReasonCodeView[];
}

/** What the cost of functions assumes. `usage`: what was priced, with the region of each slice. `terms`: null for two periods at list price. */
export function priceAssumptions(
  usage: readonly (Priced & { readonly region: string })[],
  range: TimeRange,
  terms: PriceTerms | null,
): PriceAssumptions {
  return assumptionsView([
    ...unitPriceAssumptions(usage, range, terms),
    reasonOf('price-of-function'),
    reasonOf('price-no-free-tier'),
  ]);
}

export function assumptionsView(reasons: readonly Reason[]): PriceAssumptions {
  return { priceAssumptions: reasons.map(({ text }) => text), priceAssumptionCodes: codesOf(reasons) };
}

/** What the prices assume, whatever they are multiplied with. */
export function unitPriceAssumptions(
  usage: readonly (Priced & { readonly region: string })[],
  range: TimeRange,
  terms: PriceTerms | null,
): readonly Reason[] {
  const regions = [...new Set(usage.map((slice) => slice.region))].toSorted();
  const unlisted = regions.filter((region) => region !== '' && REGION_PRICES[region] === undefined);
  const more = Math.max(0, unlisted.length - MOST_REGIONS);
  const unknown = usage.reduce(
    (sum, { architecture, invocations }) => sum + (architecture === null ? invocations : 0),
    0,
  );
  return [
    reasonOf('price-list', { firstMonth: PRICES_FIRST_MONTH, lastMonth: PRICES_LAST_MONTH }),
    ...(unlisted.length === 0
      ? []
      : [
          reasonOf('price-unlisted', {
            regions: unlisted.slice(0, MOST_REGIONS).join(', '),
            hasMore: more > 0,
            more,
          }),
        ]),
    ...(regions.includes('') ? [reasonOf('price-region-unknown')] : []),
    unknown === 0 ? reasonOf('price-architectures') : reasonOf('price-architecture-unknown', { invocations: unknown }),
    ...(terms === null ? [reasonOf('price-both-at-list')] : describeTerms(terms, range)),
  ];
}
