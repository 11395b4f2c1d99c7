/** Moves the focus to the heading of a page that was navigated to, once it is shown, and says its title. */
import { useEffect, useRef, useState } from 'preact/hooks';

/** @returns what a live region says: the title of the page that was opened last; empty for the first page. */
export function useArrival(path: string, ready: boolean, title: string): string {
  const shown = useRef(path);
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (!ready || shown.current === path) return;
    shown.current = path;
    setSaid(title);
    const main = document.querySelector<HTMLElement>('main');
    // Somebody who already uses the page is not moved.
    if (main === null || (document.activeElement !== main && main.contains(document.activeElement))) return;
    const heading = main.querySelector<HTMLElement>('h1') ?? main;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }, [path, ready, title]);
  return said;
}
