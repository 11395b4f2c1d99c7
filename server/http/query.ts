/** Converts validated query parameters to store queries. */

import { DAY_MS, HOUR_MS, parseTime, WEEK_MS } from '../../ingest/records/time.ts';
import type { FunctionFilter, FunctionIdentity, Store, TimeRange } from '../storage/ports.ts';
import { narrows } from '../storage/rollup/aggregation.ts';
import type { FunctionSelection } from '../tags/tag-book.ts';
import type { Context } from './context.ts';
import { parseTagFilter } from './contract/tag-filter.ts';
import type { DeclaredCosts } from './presentation/present.ts';
import { ProblemError } from './problems.ts';

const MAX_RANGE_MS = 400 * DAY_MS;

/** Parses the time range. @throws ProblemError if it is empty, reversed or longer than 400 days. */
export function rangeOf(query: { readonly from: string; readonly to: string }, nowMs: number): TimeRange {
  const fromMs = parseTime(query.from, nowMs);
  const toMs = parseTime(query.to, nowMs);
  const errors: { field: string; message: string }[] = [];
  if (fromMs === null) errors.push({ field: 'from', message: 'expected epoch ms, ISO 8601 or now-24h' });
  if (toMs === null) errors.push({ field: 'to', message: 'expected epoch ms, ISO 8601 or now' });
  if (fromMs === null || toMs === null)
    throw new ProblemError('invalid-request', 'The time range is not valid', errors);
  if (fromMs >= toMs) {
    throw new ProblemError('invalid-request', 'The time range is empty', [
      { field: 'from', message: 'must be before to' },
    ]);
  }
  if (toMs - fromMs > MAX_RANGE_MS) {
    throw new ProblemError('invalid-request', 'The time range is too long', [
      { field: 'from', message: 'at most 400 days before to' },
    ]);
  }
  return { fromMs, toMs };
}

interface SelectionQuery {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly architecture?: string | undefined;
  readonly runtime?: string | undefined;
  readonly vpc?: 'true' | 'false' | undefined;
  readonly tag?: readonly string[] | undefined;
}

interface FilterQuery extends SelectionQuery {
  readonly function?: string | undefined;
  readonly version?: string | undefined;
  readonly memoryMb?: number | undefined;
}

/** Resolves the filter's function, and what its tags, runtime and VPC select, to ids. @throws ProblemError not-found or ambiguous. */
export async function filterOf(
  query: FilterQuery,
  { store, tags }: Pick<Context, 'store' | 'tags'>,
): Promise<FunctionFilter> {
  const { function: name, tag, runtime, vpc, ...filter } = query;
  const selected = await tags.selected(selectionOf({ tag, runtime, vpc }));
  const found = selected === undefined ? filter : { ...filter, selected };
  if (name === undefined) return found;
  return { ...found, functionId: (await functionOf(name, store)).functionId };
}

/** Ids of the functions that match every filter; undefined without filters. Of an architecture: those that have it now. */
export async function selectedBy(
  query: SelectionQuery,
  { tags }: Pick<Context, 'tags'>,
): Promise<readonly number[] | undefined> {
  return tags.selected(selectionOf(query));
}

/** Ids (account:region:name) of the functions that match every filter; undefined without filters. */
export async function selectedNames(
  query: SelectionQuery,
  { tags }: Pick<Context, 'tags'>,
): Promise<ReadonlySet<string> | undefined> {
  return tags.selectedNames(selectionOf(query));
}

function selectionOf({ tag = [], vpc, account, region, architecture, runtime }: SelectionQuery): FunctionSelection {
  return {
    tags: tag.flatMap((text) => parseTagFilter(text) ?? []),
    ...{ account, region, architecture, runtime },
    vpc: vpc === undefined ? undefined : vpc === 'true',
  };
}

/**
 * What the inventory declares about functions on Managed Instances. It holds for a whole function: nothing where the query
 * selects a version, memory size or architecture.
 */
export async function declaredCosts(store: Store, query: TimeRange & FunctionFilter): Promise<DeclaredCosts> {
  const hours = (query.toMs - query.fromMs) / HOUR_MS;
  return { hours, functions: narrows(query) ? [] : await store.read.declaredInstances({}) };
}

/** Resolves a function by id or name. @throws ProblemError not-found or ambiguous. */
export async function functionOf(id: string, store: Store): Promise<FunctionIdentity> {
  const parts = id.split(':');
  const [account = '', region = '', ...rest] = parts;
  const found = await store.read.resolveFunction(
    parts.length >= 3 ? { account, region, name: rest.join(':') } : { name: id },
  );
  const [only] = found;
  if (only === undefined) throw new ProblemError('not-found', `Unknown function ${id.slice(0, 200)}`);
  if (found.length > 1) {
    const ids = found.map((entry) => `${entry.account}:${entry.region}:${entry.name}`);
    throw new ProblemError('ambiguous', `Use one of: ${ids.slice(0, 10).join(', ')}`);
  }
  return only;
}

const WIDTHS_MS: Readonly<Record<string, number>> = {
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': HOUR_MS,
  '3h': 10_800_000,
  '6h': 21_600_000,
  '12h': 43_200_000,
  '1d': DAY_MS,
  '1w': WEEK_MS,
};
const MAX_BUCKETS = 1500;

/** Bucket width of `interval` in ms, or null for auto. @throws ProblemError if the range needs too many buckets. */
export function widthOf(interval: string, range: TimeRange): number | null {
  const widthMs = WIDTHS_MS[interval] ?? null;
  if (widthMs !== null && (range.toMs - range.fromMs) / widthMs > MAX_BUCKETS) {
    throw new ProblemError('invalid-request', 'Too many buckets', [
      { field: 'interval', message: `more than ${MAX_BUCKETS} buckets. Choose a wider interval or a shorter range` },
    ]);
  }
  return widthMs;
}

/** Maximum number of buckets of interval auto. */
const USUAL_BUCKETS = 90;

/** Bucket width of interval auto in ms: the finest with at most `most` buckets. */
export function autoWidth({ fromMs, toMs }: TimeRange, most = USUAL_BUCKETS): number {
  return Object.values(WIDTHS_MS).find((width) => (toMs - fromMs) / width <= most) ?? WEEK_MS;
}
