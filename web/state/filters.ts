/** Filters of functions that all pages share: they are in the URL, and links keep them. */
import type { PageName } from '../../server/http/contract/pages.ts';

export const FILTERS = ['account', 'region', 'architecture', 'runtime', 'vpc', 'tag'] as const;
export type FilterName = (typeof FILTERS)[number];

/** As parameters of the API. */
export interface Filters {
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly architecture: 'x86_64' | 'arm64' | undefined;
  readonly runtime: string | undefined;
  readonly vpc: 'true' | 'false' | undefined;
  /** Filters by tag; see server/http/contract/tag-filter.ts. */
  readonly tag: string[] | undefined;
}

/** Pages that apply every filter; the others show all functions whatever the filters are. */
const FILTERED: ReadonlySet<PageName> = new Set([
  'overview',
  'functions',
  'changes',
  'errors',
  'logs',
  'rightSizing',
  'network',
  'map',
  'compare',
  'report',
  'alerts',
]);

/** What a page applies. */
export function appliedOn(page: PageName | undefined): readonly FilterName[] {
  return page !== undefined && FILTERED.has(page) ? FILTERS : [];
}

export function filtersOf(query: URLSearchParams): Filters {
  const architecture = query.get('architecture');
  const vpc = query.get('vpc');
  const tag = query.getAll('tag').filter((text) => text !== '');
  return {
    account: query.get('account') ?? undefined,
    region: query.get('region') ?? undefined,
    architecture: architecture === 'x86_64' || architecture === 'arm64' ? architecture : undefined,
    runtime: query.get('runtime') ?? undefined,
    vpc: vpc === 'true' || vpc === 'false' ? vpc : undefined,
    tag: tag.length === 0 ? undefined : tag,
  };
}
