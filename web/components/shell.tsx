import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { useArrival } from '../state/arrival.ts';
import { useLocation } from '../state/location.ts';
import { usePageReady } from '../state/page-ready.ts';
import { useAutoRefresh } from '../state/refresh.ts';
import { useCurrentTitle } from '../state/title.ts';
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
  useKeyboardShortcuts(showHelp);
  useAutoRefresh(query);
  const ready = usePageReady(path);
  const said = useArrival(path, ready, useCurrentTitle());
  const classes = [isTopLevel(path) ? 'top-level' : '', ready ? '' : 'page-loading'];
  return (
    <div class="frame">
      <a class="skip" href="#content">
        Skip to content
      </a>
      <Sidebar path={path} showHelp={showHelp} />
      {menuOpen && <Drawer path={path} showHelp={showHelp} onClose={() => setMenuOpen(false)} />}
      <div class="column">
        <TopBar path={path} query={query} openMenu={() => setMenuOpen(true)} />
        <main id="content" tabIndex={-1} class={classes.join(' ').trim()} aria-busy={!ready}>
          {!ready && (
            <div class="page-skeleton">
              <Skeleton tiles={5} panels={2} />
            </div>
          )}
          {children}
        </main>
      </div>
      <p class="visually-hidden" role="status">
        {said}
      </p>
      <KeyboardHelp dialog={help} />
    </div>
  );
}
