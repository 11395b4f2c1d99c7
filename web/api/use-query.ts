/** The data hook: every answer that a component shows comes through it. */

import { useCallback, useEffect, useReducer, useRef } from 'preact/hooks';
import type { Problem, ProblemCode } from '../../server/http/contract/problem.ts';
import { t } from '../i18n/translate.ts';
import { useOutdated } from '../state/outdated.ts';
import { trackRequest } from '../state/page-ready.ts';
import { ApiError, fetchJson, problemMessage } from './client.ts';
import type { OperationId, operations } from './operations.generated.ts';
import type { QueryState } from './query-cache.ts';
import { QueryCache } from './query-cache.ts';
import type { AnswerOf, RequestArguments, RequestOf } from './request.ts';
import { addressOf } from './request.ts';

/** Why a request failed: `message` is for people, `code` is for decisions. */
export interface QueryError {
  readonly message: string;
  /** From the problem document; `unreachable` when no answer came, `unknown` when it was no problem document. */
  readonly code: ProblemCode | 'unreachable' | 'unknown';
}

export interface QueryResult<T> {
  /** The newest answer. It stays while the next one loads, unless the path of the query changed. */
  readonly data: T | null;
  /** Why the newest request failed; null after a success. */
  readonly error: QueryError | null;
  readonly loading: boolean;
  /** Epoch ms at which `data` arrived; null before that. */
  readonly updatedMs: number | null;
  /** Path and query of the request, for "Copy as curl"; empty without one. */
  readonly source: string;
  /** Reloads, for use after a change; an older request in flight is cancelled. */
  reload(): void;
}

const cache = new QueryCache();

/** Refreshes everything the page shows. */
export function refreshAll(): void {
  cache.refreshAll();
}

/** Forgets all answers: the next person to sign in may not be allowed to see them. */
export function clearQueryCache(): void {
  cache.clear();
}

type GetId = { [Id in OperationId]: (typeof operations)[Id] extends `get ${string}` ? Id : never }[OperationId];

interface Options {
  /** Also reloads at this interval while the page is visible. */
  readonly pollMs?: number;
}

/**
 * Sends a GET operation on mount and when its request changes; a null request sends nothing. Components with the same
 * request share it.
 */
export function useQuery<Id extends GetId>(
  id: Id,
  ...[request, options]: Record<never, never> extends RequestOf<Id>
    ? [request?: RequestOf<Id> | null, options?: Options]
    : [request: RequestOf<Id> | null, options?: Options]
): QueryResult<AnswerOf<Id>> {
  const path = request === null ? null : addressOf(id, ...([request] as RequestArguments<Id>));
  return useAddress<AnswerOf<Id>>(path, options ?? {});
}

function useAddress<T>(path: string | null, { pollMs }: Options): QueryResult<T> {
  const [, render] = useReducer((n: number) => n + 1, 0);
  const last = useRef<{ readonly path: string; readonly state: QueryState } | null>(null);
  useEffect(() => {
    if (path === null) return;
    return cache.subscribe(
      path,
      (signal) => load(path, signal),
      () => render(undefined),
    );
  }, [path]);
  useEffect(() => {
    if (path === null || pollMs === undefined) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') cache.refresh(path);
    }, pollMs);
    return () => clearInterval(timer);
  }, [path, pollMs]);
  const reload = useCallback(() => {
    if (path !== null) cache.reload(path);
  }, [path]);
  const state = path === null ? null : cache.read(path);
  if (path !== null && state !== null) {
    if (state.data !== null) last.current = { path, state };
    else if (last.current !== null && withoutQuery(last.current.path) !== withoutQuery(path)) last.current = null;
  }
  // Shown although it answers another range or filter: the page says so, because nobody would see it otherwise.
  useOutdated(state?.loading === true && last.current !== null && last.current.path !== path);
  if (path === null || state === null)
    return { data: null, error: null, loading: false, updatedMs: null, source: '', reload };
  return {
    data: (last.current?.state.data ?? null) as T | null,
    error: state.error === null ? null : queryError(state.error),
    loading: state.loading,
    updatedMs: last.current?.state.updatedMs ?? null,
    source: path,
    reload,
  };
}

async function load(path: string, signal: AbortSignal): Promise<unknown> {
  const settled = trackRequest();
  try {
    return await fetchJson<unknown>(path, { signal, headers: { accept: 'application/json' } });
  } finally {
    settled();
  }
}

function withoutQuery(path: string): string {
  return path.split('?')[0] ?? path;
}

function queryError(error: unknown): QueryError {
  if (!(error instanceof ApiError)) return { message: t('Cannot reach the server'), code: 'unreachable' };
  const { code }: Partial<Problem> = error.problem;
  return { message: problemMessage(error), code: code ?? 'unknown' };
}
