/** Parameters of requests to the Prometheus-compatible API, from the address and from a form. */
import { DAY_MS, parseIsoTime } from '../../../ingest/records/time.ts';
import type { QueryTimes } from '../answers/prometheus/plan.ts';
import { promqlDurationMs } from '../presentation/promql-duration.ts';
import { FailedQuery, invalidParameter } from './failure.ts';

/** Most points of a series in the answer to a range query. */
const MAX_POINTS = 11_000;
/** Most selectors of a request. */
const MAX_SELECTORS = 50;

export type Times = Omit<QueryTimes, 'nowMs'>;

export function instantTimes(parameters: URLSearchParams, nowMs: number): Times {
  const endMs = timeOf(parameters, 'time') ?? nowMs;
  return { startMs: endMs, endMs, stepMs: null };
}

export function rangeTimes(parameters: URLSearchParams): Times {
  const startMs = timeOf(parameters, 'start');
  if (startMs === null) throw missing('start');
  const endMs = timeOf(parameters, 'end');
  if (endMs === null) throw missing('end');
  if (endMs < startMs) throw invalidParameter('end', 'end timestamp must not be before start time');
  const stepMs = stepOf(parameters.get('step') ?? '');
  if (stepMs <= 0)
    throw invalidParameter(
      'step',
      'zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  if (Math.floor((endMs - startMs) / stepMs) + 1 > MAX_POINTS + 1)
    throw new FailedQuery(
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  return { startMs, endMs, stepMs };
}

/** Times of a list of series: the last day by default. */
export function listTimes(parameters: URLSearchParams, nowMs: number): Omit<Times, 'stepMs'> {
  const endMs = Math.min(timeOf(parameters, 'end') ?? nowMs, nowMs + DAY_MS);
  const startMs = timeOf(parameters, 'start') ?? endMs - DAY_MS;
  if (endMs < startMs) throw invalidParameter('end', 'end timestamp must not be before start time');
  return { startMs, endMs };
}

export function selectorsOf(parameters: URLSearchParams): readonly string[] {
  const selectors = parameters.getAll('match[]');
  if (selectors.length > MAX_SELECTORS)
    throw invalidParameter('match[]', `at most ${MAX_SELECTORS} selectors, got ${selectors.length}`);
  return selectors;
}

/** Entries to list at most; null for all. */
export function limitOf(parameters: URLSearchParams): number | null {
  const text = parameters.get('limit') ?? '';
  if (text === '') return null;
  if (!/^\d{1,9}$/.test(text)) throw invalidParameter('limit', 'limit must be non-negative');
  const limit = Number(text);
  return limit === 0 ? null : limit;
}

function missing(name: string): FailedQuery {
  return invalidParameter(name, 'cannot parse "" to a valid timestamp');
}

/** Epoch ms; null if the parameter is not given. */
function timeOf(parameters: URLSearchParams, name: string): number | null {
  const text = parameters.get(name) ?? '';
  if (text === '') return null;
  const ms = NUMBER.test(text) ? Math.round(Number(text) * 1000) : parseIsoTime(text);
  if (ms === null || Number.isNaN(new Date(ms).getTime()))
    throw invalidParameter(name, `cannot parse ${JSON.stringify(text.slice(0, 100))} to a valid timestamp`);
  return ms;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function stepOf(text: string): number {
  const ms = NUMBER.test(text) ? Math.round(Number(text) * 1000) : promqlDurationMs(text);
  if (ms === null || !Number.isSafeInteger(ms))
    throw invalidParameter('step', `cannot parse ${JSON.stringify(text.slice(0, 100))} to a valid duration`);
  return ms;
}
