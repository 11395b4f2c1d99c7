/** Whether what a page asked first has been answered: it is shown as a whole then, and nothing on it moves. */
import { useEffect, useState } from 'preact/hooks';

let open = 0;
const watchers = new Set<() => void>();

/** Counts a question that was asked. @returns what to call when it is answered, or given up. */
export function asking(): () => void {
  open += 1;
  let counted = true;
  return () => {
    if (!counted) return;
    counted = false;
    open -= 1;
    for (const watcher of watchers) watcher();
  };
}

/** An answer may lead to the next question: so long nothing must be open. */
const QUIET_MS = 20;
/** A page with a slow answer is shown without it. */
const LATEST_MS = 700;

/** False from when `page` changes until its first questions are answered, or for long enough. */
export function useArrived(page: string): boolean {
  const [arrived, setArrived] = useState<string | null>(null);
  useEffect(() => {
    let quiet: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      clearTimeout(quiet);
      if (open === 0) quiet = setTimeout(() => setArrived(page), QUIET_MS);
    };
    const latest = setTimeout(() => setArrived(page), LATEST_MS);
    watchers.add(look);
    look();
    return () => {
      watchers.delete(look);
      clearTimeout(quiet);
      clearTimeout(latest);
    };
  }, [page]);
  return arrived === page;
}
