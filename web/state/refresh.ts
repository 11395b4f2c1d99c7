/** Auto-refresh: at the interval of the URL, while the page is visible and nobody points at a chart. */
import { useEffect } from 'preact/hooks';
import { refreshAll } from '../api/use-query.ts';
import { rangeOf, refreshMsOf } from './range.ts';

let held = 0;

/** Keeps pages from refreshing by themselves. @returns a function that ends it. */
export function holdRefresh(): () => void {
  held += 1;
  let holding = true;
  return () => {
    if (holding) held -= 1;
    holding = false;
  };
}

/** Refreshes the page's data at the chosen interval. An absolute range does not change. */
export function useAutoRefresh(query: URLSearchParams): void {
  const everyMs = rangeOf(query).relative ? refreshMsOf(query) : 0;
  useEffect(() => {
    if (everyMs === 0) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && held === 0) refreshAll();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}
