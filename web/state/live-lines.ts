/** Receives the new lines of a search, over server-sent events. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LogLine } from '../../server/http/contract/logs.ts';

/** Lines kept on screen, and held back, at most: the newest. */
const MAX_LINES = 500;
const FLUSH_MS = 200;

export interface LiveLines {
  readonly state: 'connecting' | 'open' | 'broken';
  /** Newest first. */
  readonly lines: readonly LogLine[];
  /** Number of lines held back. */
  readonly waiting: number;
  /** Number of lines that the server did not send because there were too many at once. */
  readonly notSent: number;
  /** Why the server could not search; null if it could. */
  readonly problem: string | null;
  /** Moves the lines held back to the top of `lines`. */
  show(): void;
}

interface Counts {
  readonly notSent: number;
  readonly problem: string | null;
}

/**
 * Opens the stream at `path`, unless it is null, and holds its lines back until {@link LiveLines.show} is called, so that lines do not move
 * while they are read. `onReady`: from now on, new lines come by the stream.
 */
export function useLiveLines(path: string | null, onReady: () => void): LiveLines {
  const [state, setState] = useState<LiveLines['state']>('connecting');
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const [waiting, setWaiting] = useState(0);
  const [counts, setCounts] = useState<Counts>({ notSent: 0, problem: null });
  const held = useRef<LogLine[]>([]);
  const ready = useRef(onReady);
  ready.current = onReady;
  useEffect(() => {
    held.current = [];
    setLines([]);
    setWaiting(0);
    setCounts({ notSent: 0, problem: null });
    setState('connecting');
    if (path === null) return;
    const source = new EventSource(path);
    // A burst causes one render, not hundreds.
    let timer: ReturnType<typeof setTimeout> | undefined;
    let received = 0;
    const flush = (): void => {
      timer = undefined;
      setWaiting((old) => old + received);
      received = 0;
    };
    let isReady = false;
    source.addEventListener('error', () => {
      setState('broken');
      // What came meanwhile is in the stored lines.
      isReady = false;
    });
    source.addEventListener('line', (event) => {
      held.current = [JSON.parse(event.data as string) as LogLine, ...held.current].slice(0, MAX_LINES);
      received += 1;
      timer ??= setTimeout(flush, FLUSH_MS);
    });
    source.addEventListener('counts', (event) => {
      const { notSent, problem } = JSON.parse(event.data as string) as Counts;
      setState('open');
      setCounts((old) => ({ notSent: old.notSent + notSent, problem }));
      if (!isReady) ready.current();
      isReady = true;
    });
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [path]);
  const show = (): void => {
    const fresh = held.current;
    held.current = [];
    setLines((old) => [...fresh, ...old].slice(0, MAX_LINES));
    setWaiting(0);
  };
  return { state, lines, waiting, ...counts, show };
}
