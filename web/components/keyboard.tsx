import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { PageDefinition, PageName } from '../../server/http/contract/pages.ts';
import { matchPage, PAGES } from '../../server/http/contract/pages.ts';
import { refreshAll } from '../api/use-query.ts';
import { pageTitle } from '../i18n/server-texts.ts';
import { t } from '../i18n/translate.ts';
import { hrefTo, navigate, setSearchParams } from '../state/location.ts';
import type { Range } from '../state/range.ts';
import { rangeOf, shifted, zoomedOut } from '../state/range.ts';

const PAGE_SHORTCUTS = Object.entries<PageDefinition>(PAGES).flatMap(([name, { path, shortcut }]) =>
  shortcut === null ? [] : [{ name: name as PageName, path, shortcut }],
);

const help = (): readonly (readonly [key: string, what: string])[] => [
  ['Ctrl K', t('Search or jump to anything')],
  ['/', t('Search on this page, or anything')],
  ...PAGE_SHORTCUTS.map(({ shortcut, name }) => [shortcut, pageTitle(name)] as const),
  ['t', t('Time range')],
  ['r', t('Refresh')],
  ['[  ]', t('Shift the time range back, forward')],
  ['z', t('Zoom out: a time range twice as long')],
  ['←  →', t('In a chart: its points, one by one')],
  ['1 … 9', t('In a chart: hide a series, or show it again')],
  ['Esc', t('Close, or clear the search')],
  ['?', t('Keyboard shortcuts')],
];

/** A dialog that lists all keyboard shortcuts. */
export function KeyboardHelp({ dialog }: { readonly dialog: RefObject<HTMLDialogElement> }) {
  return (
    <dialog ref={dialog} aria-label={t('Keyboard shortcuts')}>
      <h2>{t('Keyboard shortcuts')}</h2>
      <dl class="facts">
        {help().map(([key, what]) => (
          <>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </>
        ))}
      </dl>
      <p>
        <button type="button" onClick={() => dialog.current?.close()}>
          {t('Close')}
        </button>
      </p>
    </dialog>
  );
}

/** What shortcuts open in the frame. */
interface Commands {
  readonly showHelp: () => void;
  readonly openPalette: () => void;
}

/** Handles keyboard shortcuts of the whole UI, except while a form field has the focus. */
export function useKeyboardShortcuts(commands: Commands): void {
  const latest = useRef(commands);
  latest.current = commands;
  useEffect(() => {
    /** The first key of a sequence of two. */
    let prefix = '';
    const press = (event: KeyboardEvent): void => {
      // Also while somebody writes.
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        latest.current.openPalette();
        return;
      }
      const inField = event.target instanceof HTMLElement && /^(?:INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (inField || event.metaKey || event.ctrlKey || event.altKey) return;
      const sequence = prefix + event.key;
      prefix = event.key === 'g' ? 'g' : '';
      const action = actionOf(sequence, latest.current) ?? actionOf(event.key, latest.current);
      if (action === null || sequence === 'g') return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}

function actionOf(keys: string, { showHelp, openPalette }: Commands): (() => void) | null {
  const page = PAGE_SHORTCUTS.find(({ shortcut }) => shortcut.replace(' ', '') === keys);
  if (page !== undefined) return () => navigate(hrefTo(page.path, queryFor(page.path)));
  const range = (): Range => rangeOf(new URLSearchParams(window.location.search));
  const shift = (direction: -1 | 1): void => setSearchParams(shifted(range(), direction, Date.now()));
  switch (keys) {
    case '/':
      return () => focus('#search') || openPalette();
    case 't':
      return () => press('#range');
    case 'r':
      return refreshAll;
    case '[':
      return () => shift(-1);
    case ']':
      return () => shift(1);
    case 'z':
      return () => setSearchParams(zoomedOut(range(), Date.now()));
    case '?':
      return showHelp;
    default:
      return null;
  }
}

/** Compare preselects the function whose page is open. */
function queryFor(path: string): Record<string, string> {
  const id = matchPage(window.location.pathname)?.params['id'];
  return path === PAGES.compare.path && id !== undefined ? { function: id } : {};
}

function press(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.click();
}

function focus(selector: string): boolean {
  const element = document.querySelector<HTMLElement>(selector);
  element?.focus();
  return element !== null;
}
