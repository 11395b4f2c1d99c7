import { Link as LinkIcon, Menu, Search } from 'lucide-preact';
import type { PageName } from '../../server/http/contract/pages.ts';
import { matchPage, PAGES } from '../../server/http/contract/pages.ts';
import { pageTitle } from '../i18n/server-texts.ts';
import { t } from '../i18n/translate.ts';
import { useCopyButton } from '../state/clipboard.ts';
import { hrefTo } from '../state/location.ts';
import { rangeOf, toMs } from '../state/range.ts';
import { useCurrentTitle } from '../state/title.ts';
import { zoneOf } from '../state/zone.ts';
import { FavouriteButton } from './favourite-button.tsx';
import { SavedViews } from './saved-views.tsx';
import { ThemeButton } from './theme-button.tsx';
import { RefreshButton, TimeControl } from './time-control.tsx';

/** Pages about one thing, and the page that lists such things. */
const PARENTS: { readonly [Name in PageName]?: PageName } = {
  function: 'functions',
  errorGroup: 'errors',
  invocation: 'functions',
  trace: 'map',
};

const IS_MAC = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Pages whose content does not depend on the time range. */
const TIMELESS: ReadonlySet<PageName | undefined> = new Set([
  'rightSizing',
  'report',
  'sql',
  'connect',
  'settings',
  'docs',
]);

interface TopBarProps {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly openMenu: () => void;
  readonly openPalette: () => void;
}

/** Where one is, and what all pages share: search, time, refresh, link, theme. */
export function TopBar({ path, query, openMenu, openPalette }: TopBarProps) {
  const title = useCurrentTitle();
  return (
    <header class="bar">
      <button type="button" class="icon plain narrow-only" aria-label={t('Menu')} onClick={openMenu}>
        <Menu size={20} />
      </button>
      <Breadcrumb path={path} />
      <div class="grow" />
      <button type="button" class="search-button" title={t('Search or jump to ( Ctrl K )')} onClick={openPalette}>
        <Search size={16} />
        <span class="search-words">{t('Search or jump to …')}</span>
        <kbd>{IS_MAC ? '⌘ K' : 'Ctrl K'}</kbd>
      </button>
      {!TIMELESS.has(matchPage(path)?.name) && <TimeControl query={query} />}
      <RefreshButton query={query} />
      <div class="wide-only">
        <SavedViews title={title} />
      </div>
      <CopyLink query={query} />
      <ThemeButton />
    </header>
  );
}

/** Whether the page has a place in the navigation: its heading is its title, which the bar shows. */
export function isTopLevel(path: string): boolean {
  const match = matchPage(path);
  return match !== null && PARENTS[match.name] === undefined;
}

function Breadcrumb({ path }: { readonly path: string }) {
  const title = useCurrentTitle();
  const match = matchPage(path);
  const parent = match === null ? undefined : PARENTS[match.name];
  return (
    <div class="place">
      {parent !== undefined && (
        <>
          <a class="crumb" href={hrefTo(PAGES[parent].path)}>
            {pageTitle(parent)}
          </a>
          <span class="soft" aria-hidden="true">
            /
          </span>
        </>
      )}
      <span class="here">{title}</span>
      {match?.name === 'function' && <FavouriteButton id={match.params['id'] ?? ''} name={title} />}
    </div>
  );
}

/** Copies the address with the time range made absolute and auto-refresh off, so that others see the same data. */
function CopyLink({ query }: { readonly query: URLSearchParams }) {
  const copyLink = t('Copy link');
  const { label, copy } = useCopyButton(copyLink);
  return (
    <button
      type="button"
      class="icon plain wide-only"
      aria-label={label}
      title={t('Copy the address of this page with an absolute time range')}
      onClick={() => copy(absoluteAddress(query))}
    >
      <LinkIcon size={16} />
      {label !== copyLink && (
        <span class="said" role="status">
          {label}
        </span>
      )}
    </button>
  );
}

/** The address of this page with its range as it is now, in the zone that is shown, and without auto-refresh. */
export function absoluteAddress(query: URLSearchParams): string {
  const { from, to } = rangeOf(query);
  const nowMs = Date.now();
  const address = new URL(window.location.href);
  address.searchParams.set('from', new Date(toMs(from, nowMs)).toISOString());
  address.searchParams.set('to', new Date(toMs(to, nowMs)).toISOString());
  const zone = zoneOf(query);
  // Local times of the reader are not those of the sender: the name of the zone is left to each of them.
  if (zone !== 'local') address.searchParams.set('tz', zone);
  address.searchParams.delete('refresh');
  return address.href;
}
