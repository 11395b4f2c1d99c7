/** Receives invocations as they are stored, over server-sent events. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Invocation } from '../../server/http/contract/invocations.ts';

/** Rows kept on screen; older ones are on the pages of the stored list. */
const MAX_ROWS = 200;
/** Rows held back at most: the newest; older ones are counted only. */
const MAX_WAITING = 500;
const FLUSH_MS = 200;

export interface LiveInvocations {
  readonly state: 'connecting' | 'open' | 'broken';
  /** Newest first. */
  readonly rows: readonly Invocation[];
  /** Number of rows held back. */
  readonly waiting: number;
  /** Number of rows that the server did not send because there were too many at once. */
  readonly notSent: number;
  /** Moves the rows held back to the top of `rows`. */
  show(): void;
}

/** Filters that the stream does not support; applied in the browser. */
export interface LiveFilter {
  /** '' matches any. */
  readonly status: string;
  readonly minDurationMs: number;
}

/** Opens the stream at `path` and keeps its rows back until {@link LiveInvocations.show} is called, so that rows do not move while read. */
export function useLiveInvocations(path: string, { status, minDurationMs }: LiveFilter): LiveInvocations {
  const [state, setState] = useState<LiveInvocations['state']>('connecting');
  const [rows, setRows] = useState<readonly Invocation[]>([]);
  const [waiting, setWaiting] = useState(0);
  const [notSent, setNotSent] = useState(0);
  const held = useRef<Invocation[]>([]);
  useEffect(() => {
    held.current = [];
    setRows([]);
    setWaiting(0);
    setNotSent(0);
    setState('connecting');
    const source = new EventSource(path);
    // A burst causes one render, not hundreds.
    let timer: ReturnType<typeof setTimeout> | undefined;
    let received = 0;
    const flush = (): void => {
      timer = undefined;
      setWaiting((old) => old + received);
      received = 0;
    };
    source.addEventListener('open', () => setState('open'));
    source.addEventListener('error', () => setState('broken'));
    source.addEventListener('invocation', (event) => {
      const row = JSON.parse(event.data as string) as Invocation;
      if ((status !== '' && row.status !== status) || (row.durationMs ?? 0) < minDurationMs) return;
      held.current = [row, ...held.current].slice(0, MAX_WAITING);
      received += 1;
      timer ??= setTimeout(flush, FLUSH_MS);
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
    const fresh = held.current;
    held.current = [];
    setRows((old) => [...fresh, ...old].slice(0, MAX_ROWS));
    setWaiting(0);
  };
  return { state, rows, waiting, notSent, show };
}
