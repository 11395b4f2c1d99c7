/** Sends requests to the API and turns refusals into errors. */
import type { Problem } from '../../server/http/contract/common.ts';
import { navigate } from '../state/location.ts';

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
    navigate(`/sign-in?next=${encodeURIComponent(window.location.pathname + window.location.search)}`);
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
