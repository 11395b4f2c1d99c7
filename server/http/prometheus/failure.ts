/** Failures in the form of Prometheus' API, with its HTTP statuses. */
import { StoreError } from '../../storage/ports.ts';
import type { PrometheusFailure } from '../contract/prometheus.ts';

export type FailureType = PrometheusFailure['errorType'];

const STATUSES: Readonly<Record<FailureType, number>> = {
  bad_data: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  execution: 422,
  internal: 500,
  timeout: 503,
  canceled: 503,
  unavailable: 503,
};

/** Thrown by handlers. */
export class FailedQuery extends Error {
  override readonly name = 'FailedQuery';
  readonly type: FailureType;

  constructor(type: FailureType, message: string) {
    super(message);
    this.type = type;
  }
}

export function invalidParameter(name: string, reason: string): FailedQuery {
  return new FailedQuery('bad_data', `invalid parameter ${JSON.stringify(name)}: ${reason}`);
}

export function failureResponse({ type, message }: FailedQuery): Response {
  const body: PrometheusFailure = { status: 'error', errorType: type, error: message.slice(0, 4000) };
  const status = STATUSES[type];
  const headers = new Headers({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  if (status === 401) headers.set('www-authenticate', 'Bearer, Basic realm="Thermocline"');
  if (status === 503) headers.set('retry-after', '5');
  return new Response(JSON.stringify(body), { status, headers });
}

/** The failure that another error is answered with. */
export function failureOf(error: unknown): FailedQuery {
  if (error instanceof FailedQuery) return error;
  if (error instanceof StoreError || error instanceof RangeError) {
    // A store that answers from another thread passes it on as a StoreError.
    if (error.message.startsWith('series: ')) return new FailedQuery('execution', error.message.slice(8));
  }
  if (error instanceof StoreError) {
    if (error.code === 'deadline')
      return new FailedQuery('timeout', 'query timed out in expression evaluation. Choose a shorter time range');
    if (error.code === 'abandoned') return new FailedQuery('canceled', 'query was canceled');
    return new FailedQuery('unavailable', 'the store is temporarily unavailable');
  }
  return new FailedQuery('internal', 'internal server error');
}
