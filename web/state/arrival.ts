/** Moves the focus to the heading of a page that was navigated to, once it is shown, and says its title. */
import { useEffect, useRef, useState } from 'preact/hooks';

/** @returns what a live region says: the title of the page that was opened last; empty for the first page. */
export function useArrival(path: string, ready: boolean, title: string): string {
  const shown = useRef(path);
  /** Path of the first page, until another one was opened. */
  const first = useRef<string | null>(path);
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (!ready || shown.current === path) return;
    shown.current = path;
    const main = document.querySelector<HTMLElement>('main');
    if (main === null || isUsed(main)) return;
    if (focusHeading(main)) return;
    main.focus({ preventScroll: true });
    // A slow page: its code is still loading.
    const observer = new MutationObserver(() => {
      if (isUsed(main) || focusHeading(main)) observer.disconnect();
    });
    observer.observe(main, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, [path, ready]);
  useEffect(() => {
    if (ready && first.current !== path) {
      first.current = null;
      setSaid(title);
    }
  }, [path, ready, title]);
  return said;
}

/** Whether somebody uses the page already: they are not moved. */
function isUsed(main: HTMLElement): boolean {
  return document.activeElement !== main && main.contains(document.activeElement);
}

function focusHeading(main: HTMLElement): boolean {
  const heading = main.querySelector<HTMLElement>('h1');
  if (heading === null) return false;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  return true;
}
