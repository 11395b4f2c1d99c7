/** Whether the page shows an answer of an earlier request, such as of the time range before, while the next one loads. */
import { useEffect, useState } from 'preact/hooks';

let outdated = 0;
const listeners = new Set<() => void>();

function change(by: number): void {
  outdated += by;
  for (const listener of listeners) listener();
}

/** Counts the component as one with an outdated answer for as long as `isOutdated`. */
export function useOutdated(isOutdated: boolean): void {
  useEffect(() => {
    if (!isOutdated) return;
    change(1);
    return () => change(-1);
  }, [isOutdated]);
}

/** Whether any component on the page shows an outdated answer. */
export function useAnyOutdated(): boolean {
  const [isOutdated, set] = useState(outdated > 0);
  useEffect(() => {
    const listen = (): void => set(outdated > 0);
    listeners.add(listen);
    listen();
    return () => {
      listeners.delete(listen);
    };
  }, []);
  return isOutdated;
}
