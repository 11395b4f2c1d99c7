/** Filters of functions that all pages share: they are in the URL, and links keep them. */
import type { PageName } from '../../server/http/contract/pages.ts';

export const FILTERS = ['account', 'region', 'architecture', 'runtime'] as const;
export type FilterName = (typeof FILTERS)[number];

export interface Filters {
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly architecture: 'x86_64' | 'arm64' | undefined;
  readonly runtime: string | undefined;
}

/** What each page applies; pages that are not listed show all functions whatever the filters are. */
export const APPLIED: { readonly [Name in PageName]?: readonly FilterName[] } = {
  overview: ['account', 'region'],
  functions: FILTERS,
};

export function filtersOf(query: URLSearchParams): Filters {
  const architecture = query.get('architecture');
  return {
    account: query.get('account') ?? undefined,
    region: query.get('region') ?? undefined,
    architecture: architecture === 'x86_64' || architecture === 'arm64' ? architecture : undefined,
    runtime: query.get('runtime') ?? undefined,
  };
}

/** Whether the function with this id, account:region:name, is of the account and region that are filtered for. */
export function isOfFilters(id: string, { account, region }: Filters): boolean {
  const [ofAccount, ofRegion] = id.split(':');
  return (account ?? ofAccount) === ofAccount && (region ?? ofRegion) === ofRegion;
}
