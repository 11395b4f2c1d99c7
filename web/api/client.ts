/** The typed client: fetches, keeps old answers on screen while new ones load, and says how old they are. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../../server/http/contract/common.ts';
import { go } from '../state/location.ts';
import { asking } from '../state/page-ready.ts';

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }
}

/** What the server refused, with each field that is wrong and what was expected of it. */
export function wordsOf({ message, problem }: ApiError): string {
  const fields = (problem.errors ?? []).map((one) => `${one.field}: ${one.message}`);
  return [message, ...fields].join(' — ');
}

/** The JSON of an answer. A missing session leads to the sign-in page. @throws ApiError with the server's problem document. */
export async function call<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(path, { ...init, headers: { accept: 'application/json', ...init.headers } });
  if (response.ok) return (await response.json()) as T;
  const problem = await response
    .json()
    .catch(() => ({ type: 'about:blank', title: `The server answered ${response.status}`, status: response.status }));
  if (response.status === 401 && window.location.pathname !== '/sign-in') {
    go(`/sign-in?next=${encodeURIComponent(window.location.pathname + window.location.search)}`);
  }
  throw new ApiError(problem as Problem);
}

export function post<T>(path: string, body: unknown): Promise<T> {
  return send<T>('POST', path, body);
}

export function put<T>(path: string, body: unknown): Promise<T> {
  return send<T>('PUT', path, body);
}

function send<T>(method: string, path: string, body: unknown): Promise<T> {
  return call<T>(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

export interface Answer<T> {
  /** The newest answer; stays while the next one loads, unless the question itself changed its subject. */
  readonly data: T | null;
  readonly error: string | null;
  /** There is no such thing, as far as the server knows. */
  readonly missing: boolean;
  readonly loading: boolean;
  readonly updatedMs: number | null;
  reload(): void;
}

const RELOAD = 'thermocline:reload';

/** Asks every open question of the page again. */
export function reloadAll(): void {
  window.dispatchEvent(new Event(RELOAD));
}

/** Asks `path` now, when it changes, and on every reload; null asks nothing. */
export function useApi<T>(path: string | null): Answer<T> {
  const [state, setState] = useState<{
    data: T | null;
    error: string | null;
    missing: boolean;
    loading: boolean;
    updatedMs: number | null;
  }>({
    data: null,
    error: null,
    missing: false,
    loading: path !== null,
    updatedMs: null,
  });
  const asked = useRef(0);
  const load = useCallback((): void => {
    if (path === null) return;
    asked.current += 1;
    const turn = asked.current;
    const answered = asking();
    setState((old) => ({ ...old, loading: true }));
    call<T>(path)
      .then((data) => {
        if (turn === asked.current)
          setState({ data, error: null, missing: false, loading: false, updatedMs: Date.now() });
      })
      .catch((error: unknown) => {
        const message = error instanceof ApiError ? wordsOf(error) : 'The server cannot be reached';
        const missing = error instanceof ApiError && error.problem.status === 404;
        if (turn === asked.current) setState((old) => ({ ...old, error: message, missing, loading: false }));
      })
      .finally(answered);
  }, [path]);
  useEffect(() => {
    load();
    window.addEventListener(RELOAD, load);
    return () => {
      asked.current += 1;
      window.removeEventListener(RELOAD, load);
    };
  }, [load]);
  return { ...state, reload: load };
}
