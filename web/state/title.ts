import { useEffect, useState } from 'preact/hooks';

const listeners = new Set<() => void>();
let current = '';

/** Sets the title of the browser tab, and of the bar above the page. */
export function setTitle(title: string): void {
  document.title = `${title} · Thermocline`;
  current = title;
  for (const listener of listeners) listener();
}

/** Replaces the page's title of the list by the name of what it shows. */
export function useTitle(title: string): void {
  useEffect(() => setTitle(title), [title]);
}

/** The title that was set last. */
export function useCurrentTitle(): string {
  const [title, update] = useState(current);
  useEffect(() => {
    const listener = (): void => update(current);
    listeners.add(listener);
    listener();
    return () => {
      listeners.delete(listener);
    };
  }, []);
  return title;
}
