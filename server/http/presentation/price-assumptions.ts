/** What prices assume, in sentences. */
import { plural } from '../../../ingest/text/quantities.ts';
import { PRICES_AS_OF, REGION_PRICES } from '../../analytics/cost/prices.ts';
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { describeTerms } from '../../analytics/cost/terms.ts';
import type { TimeRange, UsageSlice } from '../../storage/ports.ts';

type Priced = Pick<UsageSlice, 'architecture' | 'invocations'>;

/** Regions whose names are printed; others are counted. */
const MOST_REGIONS = 5;

/** Of two periods beside each other. */
const BOTH_AT_LIST_PRICE =
  'Both periods at list price and the first tier: a savings plan or tier that began in between is not a change of the function';

/** What the cost of functions assumes. `usage`: what was priced, with the region of each slice. `terms`: null for two periods at list price. */
export function priceAssumptions(
  usage: readonly (Priced & { readonly region: string })[],
  range: TimeRange,
  terms: PriceTerms | null,
): string[] {
  return [
    ...unitPriceAssumptions(usage, range, terms),
    'The cost of a function is that of its requests and billed duration; ephemeral storage, provisioned concurrency, SnapStart and logs are priced apart',
    'The monthly free tier of the account is not subtracted, and invocations on provisioned concurrency are priced as on demand',
  ];
}

/** What the prices assume, whatever they are multiplied with. */
export function unitPriceAssumptions(
  usage: readonly (Priced & { readonly region: string })[],
  range: TimeRange,
  terms: PriceTerms | null,
): string[] {
  const regions = [...new Set(usage.map((slice) => slice.region))].toSorted();
  const unlisted = regions.filter((region) => REGION_PRICES[region] === undefined);
  const unknown = usage.reduce(
    (sum, { architecture, invocations }) => sum + (architecture === null ? invocations : 0),
    0,
  );
  return [
    `AWS list prices as read from ${PRICES_AS_OF}`,
    ...(unlisted.length === 0 ? [] : [`No price is listed for ${namesOf(unlisted)}: the standard price is assumed`]),
    unknown === 0
      ? 'Architectures of their time, from the inventory or CloudTrail; before the first known update, the first known one'
      : `The architecture of ${plural(unknown, 'invocation')} is unknown: x86_64 is assumed`,
    ...(terms === null ? [BOTH_AT_LIST_PRICE] : describeTerms(terms, range)),
  ];
}

function namesOf(regions: readonly string[]): string {
  const names = regions.slice(0, MOST_REGIONS).map((region) => (region === '' ? 'an unknown region' : region));
  const more = regions.length - names.length;
  return more === 0 ? names.join(', ') : `${names.join(', ')} and ${plural(more, 'other region')}`;
}
