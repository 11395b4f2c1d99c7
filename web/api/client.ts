/** Calls operations of the API and turns refusals into errors. */

import type { Problem } from '../../server/http/contract/problem.ts';
import { saidText } from '../i18n/reason.ts';
import { apiText, t } from '../i18n/translate.ts';
import { navigate } from '../state/location.ts';
import type { OperationId } from './operations.generated.ts';
import type { AnswerOf, RequestArguments } from './request.ts';
import { addressOf, initOf } from './request.ts';

/** The server refused a request. Decide by `problem.code`, never by text. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(messageOf(problem));
    this.problem = problem;
  }
}

/** The detail; where pages are in another language, behind the title in it. */
function messageOf({ code, title, detail }: Problem): string {
  const own = apiText(`problem:${code}`, '');
  if (detail === undefined || detail === '') return own || title;
  return own === '' ? detail : t('{label}: {reason}', { label: own, reason: saidText(detail) });
}

/** The message of the problem, followed by each rejected field with what was expected of it. */
export function problemMessage({ message, problem }: ApiError): string {
  const fields = (problem.errors ?? []).map((one) =>
    t('{label}: {reason}', { label: one.field, reason: saidText(one.message) }),
  );
  return [message, ...fields].join(' — ');
}

/**
 * Calls an operation and returns its answer. Without a session, opens the sign-in page.
 * @throws ApiError with the server's problem document.
 */
export async function call<Id extends OperationId>(id: Id, ...request: RequestArguments<Id>): Promise<AnswerOf<Id>> {
  return fetchJson<AnswerOf<Id>>(addressOf(id, ...request), initOf(id, ...request));
}

/** The JSON at an address made by `addressOf`. @throws ApiError with the server's problem document. */
export async function fetchJson<T>(address: string, init: RequestInit): Promise<T> {
  const response = await fetch(address, init);
  if (response.ok) return (await response.json()) as T;
  const problem = await response.json().catch(() => ({
    type: 'about:blank',
    title: t('The server answered {status}', { status: String(response.status) }),
    status: response.status,
  }));
  if (response.status === 401 && window.location.pathname !== '/sign-in') {
    navigate(`/sign-in?next=${encodeURIComponent(window.location.pathname + window.location.search)}`);
  }
  throw new ApiError(problem as Problem);
}
