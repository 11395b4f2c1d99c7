/** The URL is the state: path, and every choice in its query. */
import { useEffect, useState } from 'preact/hooks';

const CHANGED = 'thermocline:location';

export interface PageLocation {
  readonly path: string;
  readonly query: URLSearchParams;
}

function here(): PageLocation {
  return { path: window.location.pathname, query: new URLSearchParams(window.location.search) };
}

/** The current place; re-renders when it changes. */
export function useLocation(): PageLocation {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const update = (): void => setPlace(here());
    window.addEventListener('popstate', update);
    window.addEventListener(CHANGED, update);
    return () => {
      window.removeEventListener('popstate', update);
      window.removeEventListener(CHANGED, update);
    };
  }, []);
  return place;
}

/** Goes somewhere; the back button returns. */
export function navigate(href: string): void {
  window.history.pushState(null, '', href);
  window.dispatchEvent(new Event(CHANGED));
}

/** Changes query parameters in place; null removes one. */
export function setSearchParams(changes: Readonly<Record<string, string | null>>, replace = false): void {
  const { path, query } = here();
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === '') query.delete(key);
    else query.set(key, value);
  }
  const text = query.toString();
  const href = text === '' ? path : `${path}?${text}`;
  if (replace) window.history.replaceState(null, '', href);
  else window.history.pushState(null, '', href);
  window.dispatchEvent(new Event(CHANGED));
}

const CARRIED = ['from', 'to', 'refresh', 'tz'];

/** An address that keeps time range, refresh and zone. */
export function hrefTo(path: string, extra: Readonly<Record<string, string>> = {}): string {
  const { query } = here();
  const kept = new URLSearchParams();
  for (const key of CARRIED) {
    const value = query.get(key);
    if (value !== null) kept.set(key, value);
  }
  for (const [key, value] of Object.entries(extra)) kept.set(key, value);
  const text = kept.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Lets plain clicks on own links stay in the page. */
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
    if (link.pathname.startsWith('/api') || link.pathname === '/openapi.json' || link.hash !== '') return;
    event.preventDefault();
    navigate(link.pathname + link.search);
    window.scrollTo(0, 0);
  });
}
