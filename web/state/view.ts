/** What most pages read from the URL: range as a query string, and the zone times are shown in. */
import type { Zone } from '../format.ts';
import { setSearchParams, useLocation } from './location.ts';
import { rangeOf } from './range.ts';

export interface View {
  readonly query: URLSearchParams;
  /** `from=…&to=…` for the API. */
  readonly rangeQuery: string;
  readonly zone: Zone;
}

export function useView(): View {
  const { query } = useLocation();
  const { from, to } = rangeOf(query);
  return {
    query,
    rangeQuery: new URLSearchParams({ from, to }).toString(),
    zone: query.get('tz') === 'local' ? 'local' : 'utc',
  };
}

/** A drag over a chart becomes the page's time range. */
export function zoomTo(fromMs: number, toMs: number): void {
  setSearchParams({ from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString(), refresh: null });
}
