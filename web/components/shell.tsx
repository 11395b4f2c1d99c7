import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { matchPage } from '../../server/http/contract/pages.ts';
import { t } from '../i18n/translate.ts';
import { useArrival } from '../state/arrival.ts';
import { useLocation } from '../state/location.ts';
import { useAnyOutdated } from '../state/outdated.ts';
import { usePageReady } from '../state/page-ready.ts';
import { rangeLabel, rangeOf } from '../state/range.ts';
import { useAutoRefresh } from '../state/refresh.ts';
import { useCurrentTitle } from '../state/title.ts';
import { zoneOf } from '../state/zone.ts';
import type { CommandPalette } from './command-palette.tsx';
import { FilterBar } from './filter-bar.tsx';
import { KeyboardHelp, useKeyboardShortcuts } from './keyboard.tsx';
import { Drawer, Sidebar } from './sidebar.tsx';
import { Skeleton } from './skeleton.tsx';
import { isTopLevel, TopBar } from './top-bar.tsx';

/** The frame of every page except sign-in: navigation, the bar with what pages share, keyboard help. */
export function Shell({ children }: { readonly children: ComponentChildren }) {
  const { path, query } = useLocation();
  const help = useRef<HTMLDialogElement>(null);
  const [menuOpen, setMenuOpen] = useState(false);
  const showHelp = (): void => help.current?.showModal();
  const { palette, openPalette } = usePalette(showHelp);
  useKeyboardShortcuts({ showHelp, openPalette });
  useAutoRefresh(query);
  const ready = usePageReady(path);
  const said = useArrival(path, ready, useCurrentTitle());
  const isOutdated = useAnyOutdated() && ready;
  const classes = [isTopLevel(path) ? 'top-level' : '', ready ? '' : 'page-loading', isOutdated ? 'outdated' : ''];
  return (
    <div class="frame">
      <a class="skip" href="#content">
        {t('Skip to content')}
      </a>
      <Sidebar path={path} showHelp={showHelp} />
      {menuOpen && <Drawer path={path} showHelp={showHelp} onClose={() => setMenuOpen(false)} />}
      <div class="column">
        <TopBar path={path} query={query} openMenu={() => setMenuOpen(true)} openPalette={openPalette} />
        <main id="content" tabIndex={-1} class={classes.join(' ').trim()} aria-busy={!ready || isOutdated}>
          {!ready && (
            <div class="page-skeleton">
              <Skeleton tiles={5} panels={2} />
            </div>
          )}
          <FilterBar page={matchPage(path)?.name} />
          {children}
        </main>
      </div>
      {isOutdated && (
        <p class="loading-note" role="status">
          {t('Loading {range} …', { range: rangeLabel(rangeOf(query), zoneOf(query)) })}
        </p>
      )}
      <p class="visually-hidden" role="status">
        {said}
      </p>
      {palette}
      <KeyboardHelp dialog={help} />
    </div>
  );
}

type PaletteComponent = typeof CommandPalette;

/** The command palette while it is open; its code is loaded the first time. */
function usePalette(showHelp: () => void): { readonly palette: ComponentChildren; readonly openPalette: () => void } {
  const [Palette, setPalette] = useState<{ readonly of: PaletteComponent } | null>(null);
  const [open, setOpen] = useState(false);
  const openPalette = (): void => {
    setOpen(true);
    if (Palette === null)
      import('./command-palette.tsx').then(
        ({ CommandPalette: of }) => setPalette({ of }),
        () => setOpen(false),
      );
  };
  const palette = open && Palette !== null ? <Palette.of close={() => setOpen(false)} showHelp={showHelp} /> : null;
  return { palette, openPalette };
}
