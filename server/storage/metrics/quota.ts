/** Limits of the number of series, so that a dimension with ever new values does not fill the store. */
import { LAMBDA_NAMESPACE } from '../../../ingest/records/metric-function.ts';
import { DAY_MS } from '../../../ingest/records/time.ts';
import type { MetricSeries } from './identity.ts';

export interface MetricLimits {
  /** Series of one function, or of one namespace where no function is known. */
  readonly seriesOfOne: number;
  /** Series in all. */
  readonly series: number;
}

export interface MetricOptions extends MetricLimits {
  /** Retention of points and of identities of lines. */
  readonly keptMs: number;
}

/** Apply unless settings say otherwise. */
export const METRIC_OPTIONS: MetricOptions = { seriesOfOne: 1000, series: 20_000, keptMs: 15 * DAY_MS };

/** Longest texts, as CloudWatch allows them, and its most dimensions. */
const MOST_NAME_CHARS = 255;
const MOST_VALUE_CHARS = 1024;
const MOST_DIMENSIONS = 30;

/** Why values of a series are not stored. */
export const DROP_REASONS = [
  'series-of-function',
  'series-of-namespace',
  'series-in-all',
  'request-id',
  'text-too-long',
  'period-too-long',
  'not-a-number',
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** Counts of stored series. */
interface SeriesCount {
  readonly functionId: number;
  readonly namespace: string;
  readonly n: number;
}

export class SeriesQuota {
  readonly #limits: MetricLimits;
  readonly #counts = new Map<string, number>();
  #total = 0;

  constructor(limits: MetricLimits, stored: readonly SeriesCount[]) {
    this.#limits = limits;
    for (const { n, ...owner } of stored) this.#add(owner, n);
  }

  /** Returns null and counts the series if there is room for it, or the reason why it is not stored. */
  admit(series: MetricSeries): DropReason | null {
    if (this.#total >= this.#limits.series) return 'series-in-all';
    const own = this.#counts.get(ownerOf(series)) ?? 0;
    if (own >= this.#limits.seriesOfOne && !isOfWholeFunction(series))
      return series.functionId === 0 ? 'series-of-namespace' : 'series-of-function';
    this.#add(series, 1);
    return null;
  }

  #add(owner: Pick<MetricSeries, 'functionId' | 'namespace'>, n: number): void {
    this.#counts.set(ownerOf(owner), (this.#counts.get(ownerOf(owner)) ?? 0) + n);
    this.#total += n;
  }
}

function ownerOf({ functionId, namespace }: Pick<MetricSeries, 'functionId' | 'namespace'>): string {
  return functionId === 0 ? `namespace ${namespace}` : `function ${functionId}`;
}

/** The service's own metrics of a function, a few dozen, which versions and aliases do not crowd out. */
function isOfWholeFunction({ source, namespace, dimensions }: MetricSeries): boolean {
  return (
    source === 'cloudwatch' &&
    namespace === LAMBDA_NAMESPACE &&
    dimensions.length === 1 &&
    dimensions[0]?.[0] === 'FunctionName'
  );
}

/** Why a series cannot be stored whatever room there is; null if it can. `requestId`: of the line that states it. */
export function seriesProblem(series: MetricSeries, requestId: string | null): DropReason | null {
  const { namespace, name, unit, dimensions } = series;
  const longest = Math.max(namespace.length, name.length, unit?.length ?? 0);
  const isLong = dimensions.some(([key, value]) => key.length > MOST_NAME_CHARS || value.length > MOST_VALUE_CHARS);
  if (longest > MOST_NAME_CHARS || isLong || dimensions.length > MOST_DIMENSIONS) return 'text-too-long';
  const hasRequest = requestId !== null && dimensions.some(([, value]) => value.includes(requestId));
  return hasRequest ? 'request-id' : null;
}
