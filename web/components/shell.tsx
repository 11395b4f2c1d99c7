import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { PageDefinition } from '../../server/http/contract/pages.ts';
import { PAGES } from '../../server/http/contract/pages.ts';
import { call } from '../api/client.ts';
import { refreshAll } from '../api/use-query.ts';
import { useCopyButton } from '../state/clipboard.ts';
import { hrefTo, navigate, useLocation } from '../state/location.ts';
import { usePageReady } from '../state/page-ready.ts';
import { rangeOf, refreshMsOf, toMs } from '../state/range.ts';
import { KeyboardHelp, useKeyboardShortcuts } from './keyboard.tsx';
import { RangeControls } from './range-controls.tsx';
import { Skeleton } from './skeleton.tsx';
import { ThemeButton } from './theme-button.tsx';

const NAVIGATION = Object.values<PageDefinition>(PAGES).filter(({ navigation }) => navigation !== null);

/** The frame of every page except sign-in: navigation, time range, refresh, time zone, theme, keyboard help. */
export function Shell({ children }: { readonly children: ComponentChildren }) {
  const { path, query } = useLocation();
  const help = useRef<HTMLDialogElement>(null);
  useKeyboardShortcuts(() => help.current?.showModal());
  useAutoRefresh(query);
  const ready = usePageReady(path);
  return (
    <>
      <a class="skip" href="#content">
        Skip to content
      </a>
      <header class="bar">
        <a class="brand" href={hrefTo(PAGES.overview.path)}>
          <img src="/icon.svg" alt="" width="24" height="24" />
          <span>Thermocline</span>
        </a>
        <nav class="main" aria-label="Pages">
          {NAVIGATION.map((page) => (
            <a href={hrefTo(page.path)} aria-current={isCurrent(path, page.path) ? 'page' : undefined}>
              {page.navigation}
            </a>
          ))}
        </nav>
        <div class="grow" />
        <RangeControls query={query} />
        <CopyLink query={query} />
        <button type="button" class="plain" onClick={() => help.current?.showModal()} aria-label="Keyboard shortcuts">
          ?
        </button>
        <ThemeButton />
        <button type="button" class="plain" onClick={signOut}>
          Sign out
        </button>
      </header>
      <main id="content" tabIndex={-1} class={ready ? '' : 'page-loading'} aria-busy={!ready}>
        {!ready && (
          <div class="page-skeleton">
            <Skeleton tiles={5} panels={2} />
          </div>
        )}
        {children}
      </main>
      <KeyboardHelp dialog={help} />
    </>
  );
}

/** Pages below a path, such as one function below /functions, belong to it. */
function isCurrent(path: string, entry: string): boolean {
  return entry === '/' ? path === '/' : path === entry || path.startsWith(`${entry}/`);
}

/** Copies the address with the time range made absolute and auto-refresh off, so that others see the same data. */
function CopyLink({ query }: { readonly query: URLSearchParams }) {
  const { label, copy } = useCopyButton('Copy link');
  return (
    <button
      type="button"
      class="plain"
      title="Copy the address of this page with an absolute time range"
      onClick={() => copy(absoluteAddress(query))}
    >
      {label}
    </button>
  );
}

function absoluteAddress(query: URLSearchParams): string {
  const { from, to } = rangeOf(query);
  const nowMs = Date.now();
  const address = new URL(window.location.href);
  address.searchParams.set('from', new Date(toMs(from, nowMs)).toISOString());
  address.searchParams.set('to', new Date(toMs(to, nowMs)).toISOString());
  address.searchParams.delete('refresh');
  return address.href;
}

async function signOut(): Promise<void> {
  await call('signOut').catch(() => undefined);
  navigate(PAGES.signIn.path);
}

/** Refreshes the page's data at the chosen interval. Pauses while the tab is hidden; an absolute range does not change. */
function useAutoRefresh(query: URLSearchParams): void {
  const everyMs = rangeOf(query).relative ? refreshMsOf(query) : 0;
  useEffect(() => {
    if (everyMs === 0) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') refreshAll();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}
