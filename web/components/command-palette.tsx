/** Finds functions, invocations, traces, failures, pages and actions by name. Loaded when it is first opened. */

import { Activity, Bookmark, CircleAlert, CornerDownLeft, Search, Star, Zap } from 'lucide-preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { PageDefinition, PageName } from '../../server/http/contract/pages.ts';
import { PAGES } from '../../server/http/contract/pages.ts';
import { refreshAll, useQuery } from '../api/use-query.ts';
import { visible } from '../format.ts';
import { pageLabel } from '../i18n/server-texts.ts';
import type { Message } from '../i18n/translate.ts';
import { message, t, translated } from '../i18n/translate.ts';
import type { KnownFunction } from '../state/known-functions.ts';
import { favouriteFunctions, recentFunctions } from '../state/known-functions.ts';
import { hrefTo, navigate, setSearchParams } from '../state/location.ts';
import type { PaletteItem } from '../state/palette-search.ts';
import { pageOfId, search } from '../state/palette-search.ts';
import { rangeOf, zoomedOut } from '../state/range.ts';
import { savedViews } from '../state/saved-views.ts';
import { chooseTheme, currentTheme } from '../state/theme.ts';
import { useView } from '../state/view.ts';
import { GROUPS, ICONS } from './navigation.tsx';
import { placeItems } from './palette-places.ts';
import { absoluteAddress } from './top-bar.tsx';

interface CommandPaletteProps {
  readonly close: () => void;
  readonly showHelp: () => void;
}

const GROUP_NAMES: Readonly<Record<PaletteItem['group'], Message>> = {
  'Go to': message('Go to'),
  Favourites: message('Favourites'),
  Views: message('Saved views'),
  Recent: message('Recent'),
  Functions: message('Functions'),
  Failures: message('Failures'),
  Pages: message('Pages'),
  Actions: message('Actions'),
};

const LIST = 'palette-list';
const optionId = (at: number): string => `palette-option-${at}`;
/** Failures are searched from this many letters on. */
const MIN_FAILURE_LETTERS = 3;

export function CommandPalette({ close, showHelp }: CommandPaletteProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState('');
  /** Key of the chosen item: results that arrive later do not put another in its place. */
  const [chosen, setChosen] = useState('');
  const { items: found, loading } = useFound(text, showHelp);
  const active = Math.max(
    0,
    found.findIndex(({ key }) => key === chosen),
  );
  const choose = (at: number): void => setChosen(found[at]?.key ?? '');
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    document.querySelector(`#${optionId(active)}`)?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  const run = (item: PaletteItem | undefined): void => {
    if (item === undefined) return;
    close();
    if (typeof item.run === 'function') item.run();
    else navigate(item.run.href);
  };
  const press = (event: KeyboardEvent): void => {
    const to = target(event.key, active, found.length);
    if (event.key === 'Enter') run(found[active]);
    else if (to === null) return;
    else choose(to);
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the palette closes it, as Escape does.
    <dialog
      ref={dialog}
      class="palette"
      aria-label={t('Search or jump to')}
      onClose={close}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <div class="palette-field">
        <Search size={18} />
        <input
          id="palette-field"
          autofocus
          role="combobox"
          aria-label={t('Search or jump to')}
          aria-expanded="true"
          aria-controls={LIST}
          aria-activedescendant={found.length === 0 ? undefined : optionId(active)}
          aria-autocomplete="list"
          autocomplete="off"
          spellcheck={false}
          placeholder={t('Function, request id, trace id, failure, page or action')}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setChosen('');
          }}
          onKeyDown={press}
        />
        <kbd>Esc</kbd>
      </div>
      <div id={LIST} role="listbox" aria-label={t('Results')} class="palette-list">
        {groupsOf(found).map(({ group, members }) => (
          // biome-ignore lint/a11y/useSemanticElements: groups of a list box are no fields.
          <div role="group" aria-label={translated(GROUP_NAMES[group])}>
            <div class="palette-group" aria-hidden="true">
              {translated(GROUP_NAMES[group])}
            </div>
            {members.map(({ item, at }) => (
              <Option item={item} at={at} active={at === active} run={() => run(item)} choose={() => choose(at)} />
            ))}
          </div>
        ))}
      </div>
      <p class="palette-foot small soft" role="status">
        {found.length > 0
          ? t('{n, plural, one {# result} other {# results}}', { n: found.length })
          : loading
            ? t('Searching …')
            : t('Nothing is called “{text}”.', { text })}
      </p>
    </dialog>
  );
}

interface OptionProps {
  readonly item: PaletteItem;
  readonly at: number;
  readonly active: boolean;
  readonly run: () => void;
  readonly choose: () => void;
}

/** Chosen by the keys of the field, which keeps the focus; a pointer chooses and runs it too. */
function Option({ item, at, active, run, choose }: OptionProps) {
  const Icon = iconOf(item);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the field runs the active option.
    // biome-ignore lint/a11y/useFocusableInteractive: the field has the focus and names the active option.
    <div
      id={optionId(at)}
      role="option"
      aria-selected={active}
      class="palette-option"
      onClick={run}
      onPointerMove={() => !active && choose()}
    >
      <Icon size={16} />
      <span class="name">{item.label}</span>
      {item.note !== undefined && <span class="soft small">{item.note}</span>}
      <span class="grow" />
      {active && <CornerDownLeft size={14} />}
    </div>
  );
}

function iconOf({ group, key }: PaletteItem): typeof Search {
  if (group === 'Favourites') return Star;
  if (group === 'Failures') return CircleAlert;
  if (group === 'Views') return Bookmark;
  if (group === 'Actions') return Zap;
  return (
    GROUPS.flat().flatMap((name) => (name === key ? [ICONS[name]] : []))[0] ?? (group === 'Go to' ? Search : Activity)
  );
}

function groupsOf(found: readonly PaletteItem[]) {
  const groups: { group: PaletteItem['group']; members: { item: PaletteItem; at: number }[] }[] = [];
  for (const [at, item] of found.entries()) {
    const last = groups.at(-1);
    if (last?.group === item.group) last.members.push({ item, at });
    else groups.push({ group: item.group, members: [{ item, at }] });
  }
  return groups;
}

/** The option that a key leads to, around the ends; null for keys that write. */
function target(key: string, active: number, n: number): number | null {
  if (n === 0) return null;
  if (key === 'ArrowDown') return (active + 1) % n;
  if (key === 'ArrowUp') return (active - 1 + n) % n;
  if (key === 'PageDown') return Math.min(n - 1, active + 8);
  return key === 'PageUp' ? Math.max(0, active - 8) : null;
}

/** What the text finds: an id at once, names of functions and failures from the API. */
function useFound(
  text: string,
  showHelp: () => void,
): { readonly items: readonly PaletteItem[]; readonly loading: boolean } {
  const { rangeQuery } = useView();
  const functions = useQuery('listFunctions', { query: rangeQuery });
  const words = text.trim();
  const failures = useQuery(
    'listErrors',
    words.length < MIN_FAILURE_LETTERS ? null : { query: { ...rangeQuery, text: words.slice(0, 200), limit: 8 } },
  );
  const items = useMemo(() => {
    const id = pageOfId(words);
    if (id !== null) return [{ key: 'id', group: 'Go to', label: id.label, run: { href: hrefTo(id.path) } }] as const;
    const ofFunctions = (functions.data?.items ?? []).map((row) =>
      functionItem('Functions', row, [row.region, row.runtime, row.account].filter(Boolean).join(' · ')),
    );
    const known = [
      ...favouriteFunctions().map((one) => functionItem('Favourites', one)),
      ...viewItems(),
      ...recentFunctions().map((one) => functionItem('Recent', one)),
    ];
    const of = recentFunctions()[0] ?? functions.data?.items[0] ?? null;
    const ofFailures = words.length < MIN_FAILURE_LETTERS ? [] : failuresOf(failures.data?.items ?? []);
    // Without a text, functions would hide what else there is: those that were used stand for them.
    if (words === '') return [...search(known, ''), ...pageItems(), ...actionItems(showHelp)];
    return [
      ...search([...viewItems(), ...ofFunctions, ...pageItems(), ...placeItems(of), ...actionItems(showHelp)], words),
      ...ofFailures,
    ];
  }, [words, functions.data, failures.data]);
  return { items, loading: functions.loading || failures.loading };
}

function functionItem(group: PaletteItem['group'], { id, name }: KnownFunction, note?: string): PaletteItem {
  const href = hrefTo(`/functions/${encodeURIComponent(id)}`);
  return { key: `${group} ${id}`, group, label: visible(name), ...(note === undefined ? {} : { note }), run: { href } };
}

function viewItems(): readonly PaletteItem[] {
  return savedViews().map(({ name, address }) => ({
    key: `view ${name}`,
    group: 'Views',
    label: visible(name),
    run: { href: address },
  }));
}

interface Failure {
  readonly title: string;
  readonly fingerprint: string;
  readonly function: KnownFunction;
}

/** The API has found them by the text. */
function failuresOf(failures: readonly Failure[]): readonly PaletteItem[] {
  return failures.map(({ title, fingerprint, function: of }) => ({
    key: `failure ${of.id} ${fingerprint}`,
    group: 'Failures',
    label: visible(title),
    note: visible(of.name),
    run: { href: hrefTo(`/functions/${encodeURIComponent(of.id)}/errors/${fingerprint}`) },
  }));
}

function pageItems(): readonly PaletteItem[] {
  return Object.entries<PageDefinition>(PAGES).flatMap(([key, { path, title, shortcut }]) =>
    path.includes(':') || key === 'signIn'
      ? []
      : [
          {
            key,
            group: 'Pages',
            label: pageLabel(key as PageName),
            words: title,
            note: shortcut ?? '',
            run: { href: hrefTo(path) },
          },
        ],
  );
}

function actionItems(showHelp: () => void): readonly PaletteItem[] {
  const theme = currentTheme() === 'dark' ? 'light' : 'dark';
  const query = new URLSearchParams(window.location.search);
  const actions: readonly (readonly [label: string, words: string, note: string, run: () => void])[] = [
    [
      theme === 'light' ? t('Switch to light theme') : t('Switch to dark theme'),
      'theme colour switch light dark',
      '',
      () => chooseTheme(theme),
    ],
    [
      t('Copy link to this page'),
      'share address copy link',
      '',
      () => void navigator.clipboard?.writeText(absoluteAddress(query)),
    ],
    [t('Refresh now'), 'reload refresh', 'r', refreshAll],
    [t('Zoom out'), 'time range longer zoom', 'z', () => setSearchParams(zoomedOut(rangeOf(query), Date.now()))],
    [t('Keyboard shortcuts'), 'help keys keyboard shortcuts', '?', showHelp],
  ];
  return actions.map(([label, words, note, run]) => ({ key: label, group: 'Actions', label, words, note, run }));
}
