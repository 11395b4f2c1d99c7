/** The URL is the state of the UI: the path names the page, the query holds every choice on it. */
import { useEffect, useState } from 'preact/hooks';
import { FILTERS } from './filters.ts';

const CHANGED = 'thermocline:location';

export interface PageLocation {
  readonly path: string;
  readonly query: URLSearchParams;
}

function currentLocation(): PageLocation {
  return { path: window.location.pathname, query: new URLSearchParams(window.location.search) };
}

/** The current path and query; re-renders when they change. */
export function useLocation(): PageLocation {
  const [location, setLocation] = useState(currentLocation);
  useEffect(() => {
    const update = (): void => setLocation(currentLocation());
    window.addEventListener('popstate', update);
    window.addEventListener(CHANGED, update);
    return () => {
      window.removeEventListener('popstate', update);
      window.removeEventListener(CHANGED, update);
    };
  }, []);
  return location;
}

/**
 * Whether an address is a path of this site. It is read as the browser reads it: tabs and line breaks in it are left out, and `\` is `/`.
 */
export function isLocal(address: string): boolean {
  const { origin } = window.location;
  return address.startsWith('/') && URL.canParse(address, origin) && new URL(address, origin).origin === origin;
}

/** Opens an address of the UI and adds it to the history. */
export function navigate(href: string): void {
  window.history.pushState(null, '', href);
  window.dispatchEvent(new Event(CHANGED));
}

/**
 * Changes query parameters and keeps the others; null or '' removes one, and a list sets it once for each value. `replace` adds no
 * entry to the history.
 */
export function setSearchParams(
  changes: Readonly<Record<string, string | readonly string[] | null>>,
  replace = false,
): void {
  const { path, query } = currentLocation();
  for (const [key, value] of Object.entries(changes)) {
    const [first = '', ...others] = typeof value === 'string' ? [value] : (value ?? []);
    if (first === '') query.delete(key);
    else query.set(key, first);
    for (const one of others) query.append(key, one);
  }
  const text = query.toString();
  const href = text === '' ? path : `${path}?${text}`;
  if (replace) window.history.replaceState(null, '', href);
  else window.history.pushState(null, '', href);
  window.dispatchEvent(new Event(CHANGED));
}

/** Parameters that links keep. */
const GLOBAL_PARAMS = ['from', 'to', 'refresh', 'tz', 'previous', ...FILTERS];

/** The address of a page, with the current time range, refresh interval, time zone and filters. */
export function hrefTo(path: string, extra: Readonly<Record<string, string>> = {}): string {
  const { query } = currentLocation();
  const kept = new URLSearchParams();
  for (const key of GLOBAL_PARAMS) {
    for (const value of query.getAll(key)) kept.append(key, value);
  }
  for (const [key, value] of Object.entries(extra)) kept.set(key, value);
  const text = kept.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Handles plain clicks on links to pages of the UI without loading the document again. */
export function interceptLinks(): void {
  document.addEventListener('click', (event) => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || link.origin !== window.location.origin || link.target !== '' || link.hasAttribute('download'))
      return;
    if (/^\/(?:api|auth)\//.test(link.pathname) || link.pathname === '/openapi.json' || link.hash !== '') return;
    event.preventDefault();
    navigate(link.pathname + link.search);
    window.scrollTo(0, 0);
  });
}
