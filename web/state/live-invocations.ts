/** Invocations as they are stored, over server-sent events. What came waits until somebody wants to see it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Invocation } from '../../server/http/contract/invocations.ts';

/** Shown at most; older ones are a page below. */
const MOST_SHOWN = 200;
/** Kept while waiting; further ones are counted. */
const MOST_WAITING = 500;

export interface LiveInvocations {
  readonly state: 'connecting' | 'open' | 'broken';
  /** Newest first. */
  readonly shown: readonly Invocation[];
  /** Came since; not on screen yet. */
  readonly waiting: number;
  /** Too many at once: counted by the server, not sent. */
  readonly notSent: number;
  /** Puts what waits on top. */
  show(): void;
}

/** What the stream itself does not tell apart. */
export interface LiveFilter {
  /** '' for any. */
  readonly status: string;
  readonly minDurationMs: number;
}

/** Listens to `path`. The first lines are shown at once; later ones wait for {@link LiveInvocations.show}, so that nothing jumps under the reader. */
export function useLiveInvocations(path: string, { status, minDurationMs }: LiveFilter): LiveInvocations {
  const [state, setState] = useState<LiveInvocations['state']>('connecting');
  const [shown, setShown] = useState<readonly Invocation[]>([]);
  const [waiting, setWaiting] = useState(0);
  const [notSent, setNotSent] = useState(0);
  const kept = useRef<Invocation[]>([]);
  useEffect(() => {
    kept.current = [];
    setShown([]);
    setWaiting(0);
    setNotSent(0);
    setState('connecting');
    const source = new EventSource(path);
    // A burst is one drawing, not hundreds.
    let timer: ReturnType<typeof setTimeout> | undefined;
    let came = 0;
    const tell = (): void => {
      timer = undefined;
      setWaiting((old) => old + came);
      came = 0;
    };
    source.addEventListener('open', () => setState('open'));
    source.addEventListener('error', () => setState('broken'));
    source.addEventListener('invocation', (event) => {
      const row = JSON.parse(event.data as string) as Invocation;
      if ((status !== '' && row.status !== status) || (row.durationMs ?? 0) < minDurationMs) return;
      kept.current = [row, ...kept.current].slice(0, MOST_WAITING);
      came += 1;
      timer ??= setTimeout(tell, 200);
    });
    source.addEventListener('counts', (event) => {
      const counts = JSON.parse(event.data as string) as { readonly notSent: number };
      if (counts.notSent > 0) setNotSent((old) => old + counts.notSent);
    });
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [path, status, minDurationMs]);
  const show = (): void => {
    const fresh = kept.current;
    kept.current = [];
    setShown((old) => [...fresh, ...old].slice(0, MOST_SHOWN));
    setWaiting(0);
  };
  return { state, shown, waiting, notSent, show };
}
