/** Reports when the first requests of a page have been answered: the page then appears as a whole, without layout shifts. */
import { useEffect, useState } from 'preact/hooks';

let open = 0;
const listeners = new Set<() => void>();

/** Counts a request in flight. @returns a function to call once it is answered, failed or cancelled. */
export function trackRequest(): () => void {
  open += 1;
  let counted = true;
  return () => {
    if (!counted) return;
    counted = false;
    open -= 1;
    for (const listener of listeners) listener();
  };
}

/** An answer may lead to the next request: the page is ready once none has been open for this long. */
const QUIET_MS = 20;
/** A page with a slow request is shown without it. */
const MAX_WAIT_MS = 700;

/** Returns false from when `page` changes until its first requests are settled, for MAX_WAIT_MS at most. */
export function usePageReady(page: string): boolean {
  const [ready, setReady] = useState<string | null>(null);
  useEffect(() => {
    let quiet: ReturnType<typeof setTimeout> | undefined;
    const check = (): void => {
      clearTimeout(quiet);
      if (open === 0) quiet = setTimeout(() => setReady(page), QUIET_MS);
    };
    const latest = setTimeout(() => setReady(page), MAX_WAIT_MS);
    listeners.add(check);
    check();
    return () => {
      listeners.delete(check);
      clearTimeout(quiet);
      clearTimeout(latest);
    };
  }, [page]);
  return ready === page;
}
