/** The frame of every page: navigation, time range, refresh, zone, theme, keys. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { call, post } from '../api/client.ts';
import { refreshAll } from '../api/use-query.ts';
import { useCopyButton } from '../state/clipboard.ts';
import { hrefTo, navigate, setSearchParams, useLocation } from '../state/location.ts';
import { usePageReady } from '../state/page-ready.ts';
import { labelOf, PRESETS, rangeOf, shifted, toMs } from '../state/range.ts';

const PAGES = [
  ['/', 'Overview'],
  ['/functions', 'Functions'],
  ['/network', 'Network'],
  ['/map', 'Map'],
  ['/compare', 'Compare'],
  ['/alerts', 'Alerts'],
  ['/ingest', 'Ingest'],
  ['/connect', 'Connect'],
  ['/settings', 'Settings'],
] as const;

const REFRESH: readonly (readonly [value: string, label: string, ms: number])[] = [
  ['', 'Off', 0],
  ['10s', '10 s', 10_000],
  ['30s', '30 s', 30_000],
  ['1m', '1 min', 60_000],
];

export function Shell({ children }: { readonly children: ComponentChildren }) {
  const { path, query } = useLocation();
  const help = useRef<HTMLDialogElement>(null);
  useKeys(() => help.current?.showModal());
  useRefresh();
  const arrived = usePageReady(path);
  return (
    <>
      <a class="skip" href="#content">
        Skip to content
      </a>
      <header class="bar">
        <a class="brand" href={hrefTo('/')}>
          <img src="/icon.svg" alt="" width="24" height="24" />
          <span>Thermocline</span>
        </a>
        <nav class="main" aria-label="Pages">
          {PAGES.map(([href, label]) => (
            <a href={hrefTo(href)} aria-current={isHere(path, href) ? 'page' : undefined}>
              {label}
            </a>
          ))}
        </nav>
        <div class="grow" />
        <RangeControls query={query} />
        <CopyLink query={query} />
        <button type="button" class="plain" onClick={() => help.current?.showModal()} aria-label="Keyboard help">
          ?
        </button>
        <ThemeButton />
        <button type="button" class="plain" onClick={signOut}>
          Sign out
        </button>
      </header>
      <main id="content" tabIndex={-1} class={arrived ? '' : 'page-loading'} aria-busy={!arrived}>
        {children}
      </main>
      <dialog ref={help} aria-label="Keyboard">
        <h2>Keyboard</h2>
        <dl class="facts">
          {KEYS.map(([key, what]) => (
            <>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{what}</dd>
            </>
          ))}
        </dl>
        <p>
          <button type="button" onClick={() => help.current?.close()}>
            Close
          </button>
        </p>
      </dialog>
    </>
  );
}

function isHere(path: string, href: string): boolean {
  return href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
}

function RangeControls({ query }: { readonly query: URLSearchParams }) {
  const range = rangeOf(query);
  const zone = query.get('tz') === 'local' ? 'local' : 'utc';
  const move = (direction: -1 | 1): void => setSearchParams(shifted(range, direction, Date.now()));
  const preset = range.to === 'now' && PRESETS.some(([from]) => from === range.from);
  return (
    <div class="controls">
      <button type="button" onClick={() => move(-1)} aria-label="Earlier" title="Earlier ( [ )">
        ←
      </button>
      <select
        id="range"
        aria-label="Time range"
        value={preset ? range.from : 'custom'}
        onChange={(event) =>
          setSearchParams({
            from: event.currentTarget.value === 'custom' ? range.from : event.currentTarget.value,
            to: null,
          })
        }
      >
        {!preset && <option value="custom">{labelOf(range)}</option>}
        {PRESETS.map(([from, label]) => (
          <option value={from}>{label}</option>
        ))}
      </select>
      <button type="button" onClick={() => move(1)} aria-label="Later" title="Later ( ] )">
        →
      </button>
      <button
        type="button"
        onClick={() => setSearchParams({ tz: zone === 'utc' ? 'local' : null })}
        title="Switch between UTC and local time"
      >
        {zone === 'utc' ? 'UTC' : 'Local'}
      </button>
      <label class="small soft">
        <span class="visually-hidden">Refresh</span>
        <span aria-hidden="true">⟳</span>{' '}
        <select
          value={query.get('refresh') ?? ''}
          disabled={!range.relative}
          title={range.relative ? 'Refresh' : 'A fixed range does not change'}
          onChange={(event) => setSearchParams({ refresh: event.currentTarget.value })}
        >
          {REFRESH.map(([value, label]) => (
            <option value={value}>{label}</option>
          ))}
        </select>
      </label>
    </div>
  );
}

/** A colleague sees what is seen here: the range is fixed, and nothing refreshes away. */
function CopyLink({ query }: { readonly query: URLSearchParams }) {
  const { words, copy } = useCopyButton('Copy link');
  return (
    <button
      type="button"
      class="plain"
      title="Copy this page's address, with its time range fixed"
      onClick={() => copy(fixedAddress(query))}
    >
      {words}
    </button>
  );
}

function fixedAddress(query: URLSearchParams): string {
  const { from, to } = rangeOf(query);
  const nowMs = Date.now();
  const fixed = new URL(window.location.href);
  fixed.searchParams.set('from', new Date(toMs(from, nowMs)).toISOString());
  fixed.searchParams.set('to', new Date(toMs(to, nowMs)).toISOString());
  fixed.searchParams.delete('refresh');
  return fixed.href;
}

function ThemeButton() {
  const [theme, setTheme] = useState(document.documentElement.dataset['theme'] ?? '');
  const next =
    theme === ''
      ? window.matchMedia('(prefers-color-scheme: dark)').matches
        ? 'light'
        : 'dark'
      : theme === 'dark'
        ? 'light'
        : 'dark';
  const change = (): void => {
    document.documentElement.dataset['theme'] = next;
    localStorage.setItem('theme', next);
    setTheme(next);
    window.dispatchEvent(new Event('thermocline:theme'));
  };
  return (
    <button type="button" class="plain" onClick={change} aria-label={`Switch to ${next} theme`}>
      {next === 'dark' ? '☾' : '☀'}
    </button>
  );
}

async function signOut(): Promise<void> {
  await call('/api/v1/session', { method: 'DELETE' }).catch(() => undefined);
  navigate('/sign-in');
}

/** Opens a session from a token. */
export function signIn(secret: string): Promise<unknown> {
  return post('/api/v1/session', { secret });
}

function useRefresh(): void {
  const { query } = useLocation();
  const every = REFRESH.find(([value]) => value === (query.get('refresh') ?? ''))?.[2] ?? 0;
  const active = every > 0 && rangeOf(query).relative;
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') refreshAll();
    }, every);
    return () => clearInterval(timer);
  }, [active, every]);
}

const KEYS = [
  ['/', 'search'],
  ['g o', 'overview'],
  ['g f', 'functions'],
  ['g n', 'network'],
  ['g m', 'service map'],
  ['g a', 'alerts'],
  ['g i', 'ingest'],
  ['g s', 'settings'],
  ['c', 'compare'],
  ['t', 'time range'],
  ['r', 'refresh'],
  ['[  ]', 'earlier, later'],
  ['Esc', 'close, or clear the search'],
  ['?', 'this help'],
] as const;

function useKeys(showHelp: () => void): void {
  useEffect(() => {
    let pending = '';
    const press = (event: KeyboardEvent): void => {
      const typing = event.target instanceof HTMLElement && /^(?:INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (typing || event.metaKey || event.ctrlKey || event.altKey) return;
      const keys = pending + event.key;
      pending = event.key === 'g' ? 'g' : '';
      const range = rangeOf(new URLSearchParams(window.location.search));
      const actions: Readonly<Record<string, () => void>> = {
        '/': () => focus('#search') || navigate(hrefTo('/functions')),
        t: () => focus('#range'),
        r: refreshAll,
        '[': () => setSearchParams(shifted(range, -1, Date.now())),
        ']': () => setSearchParams(shifted(range, 1, Date.now())),
        '?': showHelp,
        go: () => navigate(hrefTo('/')),
        gf: () => navigate(hrefTo('/functions')),
        gn: () => navigate(hrefTo('/network')),
        gm: () => navigate(hrefTo('/map')),
        ga: () => navigate(hrefTo('/alerts')),
        gi: () => navigate(hrefTo('/ingest')),
        gs: () => navigate(hrefTo('/settings')),
        c: () => navigate(hrefTo('/compare', functionHere())),
      };
      const action = actions[keys] ?? actions[event.key];
      if (action === undefined || keys === 'g') return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}

/** Compared from the page of a function, it is that one. */
function functionHere(): Record<string, string> {
  const id = /^\/functions\/([^/]+)$/.exec(window.location.pathname)?.[1];
  return id === undefined ? {} : { function: decodeURIComponent(id) };
}

function focus(selector: string): boolean {
  const element = document.querySelector<HTMLElement>(selector);
  element?.focus();
  return element !== null;
}
