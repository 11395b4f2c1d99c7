/** The main navigation: pages in groups, with their icons. */

import {
  Activity,
  Bell,
  Cable,
  CircleAlert,
  Database,
  FileText,
  GitCommitHorizontal,
  GitCompareArrows,
  House,
  MemoryStick,
  Network,
  ScrollText,
  Settings,
  SquareTerminal,
  Waypoints,
} from 'lucide-preact';
import type { PageDefinition, PageName } from '../../server/http/contract/pages.ts';
import { PAGES } from '../../server/http/contract/pages.ts';
import { pageLabel } from '../i18n/server-texts.ts';
import { t } from '../i18n/translate.ts';
import { hrefTo } from '../state/location.ts';

/** Names of the pages that have a label in the navigation. */
type NavigationName = {
  [Name in PageName]: (typeof PAGES)[Name]['navigation'] extends string ? Name : never;
}[PageName];

export const ICONS: Readonly<Record<NavigationName, typeof House>> = {
  overview: House,
  functions: Activity,
  changes: GitCommitHorizontal,
  errors: CircleAlert,
  logs: ScrollText,
  rightSizing: MemoryStick,
  network: Network,
  map: Waypoints,
  compare: GitCompareArrows,
  report: FileText,
  sql: SquareTerminal,
  alerts: Bell,
  ingest: Database,
  connect: Cable,
  settings: Settings,
};

/** Pages that belong together, from the top. */
export const GROUPS: readonly (readonly NavigationName[])[] = [
  ['overview', 'functions', 'changes', 'errors', 'logs'],
  ['rightSizing', 'network', 'map', 'compare', 'report', 'sql'],
  ['alerts'],
  ['ingest', 'connect', 'settings'],
];

export function Navigation({ path }: { readonly path: string }) {
  return (
    <nav class="main" aria-label={t('Pages')}>
      {GROUPS.map((names) => (
        <ul>
          {names.map((name) => {
            const page: PageDefinition = PAGES[name];
            const Icon = ICONS[name];
            return (
              <li>
                <a
                  class="nav-item"
                  href={hrefTo(page.path)}
                  title={pageLabel(name)}
                  aria-current={isCurrent(path, page.path) ? 'page' : undefined}
                >
                  <Icon size={17} />
                  <span>{pageLabel(name)}</span>
                </a>
              </li>
            );
          })}
        </ul>
      ))}
    </nav>
  );
}

/** Pages of error groups are of Errors, though their addresses begin with that of the function. */
const ERROR_GROUP = /^\/functions\/[^/]+\/errors\//;

/** Pages below a path, such as one function below /functions, belong to it. */
function isCurrent(path: string, entry: string): boolean {
  const of = ERROR_GROUP.test(path) ? PAGES.errors.path : path;
  return entry === '/' ? of === '/' : of === entry || of.startsWith(`${entry}/`);
}
