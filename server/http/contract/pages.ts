/**
 * THE list of pages of the web UI. Derived from it: the addresses that the server answers with the UI, and the UI's
 * routes, titles, navigation and keyboard shortcuts.
 */

export interface PageDefinition {
  /** Address; `:name` matches one segment. */
  readonly path: `/${string}`;
  /** Title of the browser tab, and of the page where it has no subject of its own. */
  readonly title: string;
  /** Label in the main navigation, which shows pages in the order of this list; null where it is reached otherwise. */
  readonly navigation: string | null;
  /** Keyboard shortcut: one key, or `g` and then one key; null for none. */
  readonly shortcut: string | null;
}

export const PAGES = {
  overview: { path: '/', title: 'Overview', navigation: 'Overview', shortcut: 'g o' },
  functions: { path: '/functions', title: 'Functions', navigation: 'Functions', shortcut: 'g f' },
  function: { path: '/functions/:id', title: 'Function', navigation: null, shortcut: null },
  changes: { path: '/changes', title: 'Changes', navigation: 'Changes', shortcut: 'g c' },
  errors: { path: '/errors', title: 'Errors', navigation: 'Errors', shortcut: 'g e' },
  errorGroup: { path: '/functions/:id/errors/:fingerprint', title: 'Failure', navigation: null, shortcut: null },
  invocation: { path: '/invocations/:requestId', title: 'Invocation', navigation: null, shortcut: null },
  logs: { path: '/logs', title: 'Logs', navigation: 'Logs', shortcut: 'g l' },
  trace: { path: '/traces/:traceId', title: 'Trace', navigation: null, shortcut: null },
  rightSizing: {
    path: '/right-sizing',
    title: 'Memory right-sizing',
    navigation: 'Right-sizing',
    shortcut: 'g r',
  },
  network: { path: '/network', title: 'Network', navigation: 'Network', shortcut: 'g n' },
  map: { path: '/map', title: 'Service map', navigation: 'Map', shortcut: 'g m' },
  compare: { path: '/compare', title: 'Compare', navigation: 'Compare', shortcut: 'c' },
  report: { path: '/report', title: 'Report', navigation: 'Report', shortcut: null },
  sql: { path: '/sql', title: 'SQL', navigation: 'SQL', shortcut: null },
  alerts: { path: '/alerts', title: 'Alerts', navigation: 'Alerts', shortcut: 'g a' },
  ingest: { path: '/ingest', title: 'Ingest', navigation: 'Ingest', shortcut: 'g i' },
  connect: { path: '/connect', title: 'Connect', navigation: 'Connect', shortcut: null },
  settings: { path: '/settings', title: 'Settings', navigation: 'Settings', shortcut: 'g s' },
  docs: { path: '/docs', title: 'API', navigation: null, shortcut: null },
  signIn: { path: '/sign-in', title: 'Sign in', navigation: null, shortcut: null },
} as const satisfies Readonly<Record<string, PageDefinition>>;

export type PageName = keyof typeof PAGES;

/** Names of the `:name` segments of a path. */
type ParamNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

/** Parameters of a page's address, decoded. */
export type PageParams<Name extends PageName> = Readonly<Record<ParamNames<(typeof PAGES)[Name]['path']>, string>>;

export interface PageMatch {
  readonly name: PageName;
  readonly params: Readonly<Record<string, string>>;
}

const SEGMENTS = Object.entries(PAGES).map(([name, { path }]) => ({
  name: name as PageName,
  segments: path.split('/'),
}));

/** The page at a path without query; null where there is none, or where a segment is not valid percent-encoding. */
export function matchPage(path: string): PageMatch | null {
  const given = path.split('/');
  for (const { name, segments } of SEGMENTS) {
    const params = matchSegments(segments, given);
    if (params !== null) return { name, params };
  }
  return null;
}

function matchSegments(pattern: readonly string[], given: readonly string[]): Record<string, string> | null {
  if (pattern.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [at, segment] of pattern.entries()) {
    const value = given[at] ?? '';
    if (!segment.startsWith(':')) {
      if (segment !== value) return null;
      continue;
    }
    if (value === '') return null;
    try {
      params[segment.slice(1)] = decodeURIComponent(value);
    } catch {
      return null;
    }
  }
  return params;
}
