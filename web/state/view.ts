/** What most pages read from the URL: time range and time zone. */
import type { Filters } from './filters.ts';
import { filtersOf } from './filters.ts';
import { setSearchParams, useLocation } from './location.ts';
import { rangeOf } from './range.ts';
import type { Zone } from './zone.ts';
import { zoneOf } from './zone.ts';

export interface View {
  readonly query: URLSearchParams;
  /** Time range as API parameters. */
  readonly rangeQuery: { readonly from: string; readonly to: string };
  readonly zone: Zone;
  /** Whether charts also show the period before, of equal length. */
  readonly comparesPrevious: boolean;
  /** Filters of functions, for pages that apply them. */
  readonly filters: Filters;
}

export function useView(): View {
  const { query } = useLocation();
  const { from, to } = rangeOf(query);
  return {
    query,
    rangeQuery: { from, to },
    zone: zoneOf(query),
    comparesPrevious: query.get('previous') === '1',
    filters: filtersOf(query),
  };
}

/** Makes a range that was selected on a chart the page's time range, epoch ms. */
export function zoomTo(fromMs: number, toMs: number): void {
  setSearchParams({ from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString(), refresh: null });
}
