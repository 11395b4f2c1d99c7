import { useEffect } from 'preact/hooks';

/** Sets the title of the browser tab. */
export function setTitle(title: string): void {
  document.title = `${title} · Thermocline`;
}

/** Replaces the page's title of the list by the name of what it shows. */
export function useTitle(title: string): void {
  useEffect(() => setTitle(title), [title]);
}
