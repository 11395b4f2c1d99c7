import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import type { PageDefinition } from '../../server/http/contract/pages.ts';
import { matchPage, PAGES } from '../../server/http/contract/pages.ts';
import { refreshAll } from '../api/use-query.ts';
import { hrefTo, navigate, setSearchParams } from '../state/location.ts';
import type { Range } from '../state/range.ts';
import { rangeOf, shifted, zoomedOut } from '../state/range.ts';

const PAGE_SHORTCUTS = Object.values<PageDefinition>(PAGES).flatMap(({ path, title, shortcut }) =>
  shortcut === null ? [] : [{ path, title, shortcut }],
);

const HELP: readonly (readonly [key: string, what: string])[] = [
  ['/', 'Search functions'],
  ...PAGE_SHORTCUTS.map(({ shortcut, title }) => [shortcut, title] as const),
  ['t', 'Time range'],
  ['r', 'Refresh'],
  ['[  ]', 'Shift the time range back, forward'],
  ['z', 'Zoom out: a time range twice as long'],
  ['Esc', 'Close, or clear the search'],
  ['?', 'Keyboard shortcuts'],
];

/** A dialog that lists all keyboard shortcuts. */
export function KeyboardHelp({ dialog }: { readonly dialog: RefObject<HTMLDialogElement> }) {
  return (
    <dialog ref={dialog} aria-label="Keyboard shortcuts">
      <h2>Keyboard shortcuts</h2>
      <dl class="facts">
        {HELP.map(([key, what]) => (
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
          Close
        </button>
      </p>
    </dialog>
  );
}

/** Handles keyboard shortcuts of the whole UI, except while a form field has the focus. */
export function useKeyboardShortcuts(showHelp: () => void): void {
  useEffect(() => {
    /** The first key of a sequence of two. */
    let prefix = '';
    const press = (event: KeyboardEvent): void => {
      const inField = event.target instanceof HTMLElement && /^(?:INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (inField || event.metaKey || event.ctrlKey || event.altKey) return;
      const sequence = prefix + event.key;
      prefix = event.key === 'g' ? 'g' : '';
      const action = actionOf(sequence, showHelp) ?? actionOf(event.key, showHelp);
      if (action === null || sequence === 'g') return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}

function actionOf(keys: string, showHelp: () => void): (() => void) | null {
  const page = PAGE_SHORTCUTS.find(({ shortcut }) => shortcut.replace(' ', '') === keys);
  if (page !== undefined) return () => navigate(hrefTo(page.path, queryFor(page.path)));
  const range = (): Range => rangeOf(new URLSearchParams(window.location.search));
  const shift = (direction: -1 | 1): void => setSearchParams(shifted(range(), direction, Date.now()));
  switch (keys) {
    case '/':
      return () => focus('#search') || navigate(hrefTo(PAGES.functions.path));
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
