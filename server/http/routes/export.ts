/** Handler of exports: streams rows as CSV or NDJSON, page by page. */
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import type { LabelMatcher } from '../../analytics/promql/expression.ts';
import type { Packed, ReaderResult } from '../../storage/packed.ts';
import { packedBytes } from '../../storage/packed.ts';
import type { FunctionFilter, TimeRange } from '../../storage/ports.ts';
import type { EncodedJson } from '../answers/encoded-json.ts';
import { readShaped, readShapedAnswer, shapeAnswer } from '../answers/shape-answer.ts';
import type { Context } from '../context.ts';
import { exportRoutes } from '../contract/export.ts';
import { implement } from '../implement.ts';
import { declaredCosts, filterOf, functionOf, rangeOf } from '../query.ts';
import { streamOf, streamResponse } from '../stream-response.ts';
import { rejectInvalid } from '../validation.ts';

/** Rows of a page: each asks every function, so that fewer of them cost less. */
const PAGE = 2000;
/** Functions of a page: each takes some 20 kB while its sketches are merged. */
const FUNCTIONS_PAGE = 250;

type Bytes = Uint8Array<ArrayBuffer>;

export const exportHandlers = implement(exportRoutes, {
  exportRows: async (call) => {
    const { context, params, query, request } = call;
    const { from, to, format, limit, status, cause, tenant, interval, ...filter } = query;
    if (params.what === 'functions' || params.what === 'rollups')
      rejectFilters({ status, cause, tenant }, 'filters invocations and cold starts, not rollups and functions');
    if (params.what !== 'rollups') rejectFilters({ interval }, 'is the width of rollups, which others do not have');
    const range = rangeOf({ from, to }, context.now());
    const found = await filterOf(filter, context);
    const csv = (format ?? formatOf(request)) === 'csv';
    const pages = async (): Promise<AsyncGenerator<Bytes>> => {
      if (params.what === 'functions') return functionPages(context, { ...range, ...found }, limit, csv);
      if (params.what === 'rollups') {
        const matchers = await matchersOf(filter, context.store);
        const { selected } = found;
        return rollupPages(context, { ...range, selected }, matchers, {
          widthMs: interval === '1d' ? DAY_MS : HOUR_MS,
          limit,
          csv,
        });
      }
      const cold = params.what === 'cold-starts' ? { cold: true } : {};
      return invocationPages(context, { ...range, ...found, ...cold, status, cause, tenant, limit }, csv);
    };
    const rows = await pages();
    const headers = {
      'content-type': csv ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson',
      'content-disposition': `attachment; filename="thermocline-${params.what}.${csv ? 'csv' : 'ndjson'}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    };
    return streamResponse(call, 'rows', headers, () => streamOf(rows)) as never;
  },
});

/** @throws ProblemError if a filter is given that rows of this kind do not have */
function rejectFilters(filters: Readonly<Record<string, string | undefined>>, message: string): void {
  rejectInvalid(Object.entries(filters).flatMap(([field, value]) => (value === undefined ? [] : [{ field, message }])));
}

function formatOf(request: Request): 'csv' | 'ndjson' {
  return (request.headers.get('accept') ?? '').includes('text/csv') ? 'csv' : 'ndjson';
}

type Read = Context['store']['read'];
type InvocationQuery = Parameters<Read['invocationColumns']>[0];
type FunctionQuery = Parameters<Read['functionIds']>[0];

/** Each page is read by a reader thread while the answers thread writes the one before as text. */
async function* invocationPages(context: Context, query: InvocationQuery, csv: boolean): AsyncGenerator<Bytes> {
  let left = query.limit;
  // Once: every page needs them.
  const tags = packedBytes(await context.tags.taggedByName());
  const read = (cursor: string | undefined): Promise<Packed<ReaderResult<'invocationColumns'>>> => {
    const page = context.store.readPacked('invocationColumns', { ...query, limit: Math.min(PAGE, left), cursor });
    // It fails where it is awaited, unless the client leaves before.
    page.catch(() => undefined);
    return page;
  };
  let isFirst = true;
  for (let next: ReturnType<typeof read> | null = read(undefined); next !== null; ) {
    const page: Awaited<ReturnType<typeof read>> = await next;
    left -= page.rows ?? PAGE;
    next = page.nextCursor !== null && left > 0 ? read(page.nextCursor) : null;
    const form = { csv, isFirst };
    const terms = context.config.priceTerms;
    yield (await shapeAnswer(context.analysis, 'invocationExport', page, form, terms, tags)).answer.bytes;
    isFirst = false;
  }
}

/** The ids come first: they are few bytes, and pages of them hold every function once while others arrive. */
async function* functionPages(
  context: Context,
  query: FunctionQuery,
  limit: number,
  csv: boolean,
): AsyncGenerator<Bytes> {
  const [all, { hours, functions }, tags] = await Promise.all([
    context.store.read.functionIds(query),
    declaredCosts(context.store, query),
    context.tags.tagged(),
  ]);
  const ids = all.slice(0, limit);
  const declared = new Map(functions.map((one) => [one.functionId, one]));
  const nowMs = context.now();
  const read = (first: number): Promise<EncodedJson<string>> => {
    const functionIds = ids.slice(first, first + FUNCTIONS_PAGE);
    const costs = { hours, functions: functionIds.flatMap((id) => declared.get(id) ?? []) };
    const question = ['functionsPage', { ...query, functionIds }] as const;
    const form = { csv, isFirst: first === 0 };
    const own = new Map(functionIds.map((id) => [id, tags.get(id) ?? {}]));
    const page = readShaped(context, [question], 'functionExport', form, nowMs, costs, context.config.priceTerms, own);
    // It fails where it is awaited, unless the client leaves before.
    page.catch(() => undefined);
    return page;
  };
  // A page without functions has the names of the columns.
  let next: Promise<EncodedJson<string>> | null = read(0);
  for (let first = FUNCTIONS_PAGE; next !== null; first += FUNCTIONS_PAGE) {
    const page: EncodedJson<string> = await next;
    next = first < ids.length ? read(first) : null;
    yield page.bytes;
  }
}

/** The labels of rollups that a filter asks for. */
async function matchersOf(
  { function: name, ...filter }: Parameters<typeof filterOf>[0],
  store: Context['store'],
): Promise<readonly LabelMatcher[]> {
  const owner = name === undefined ? null : await functionOf(name, store);
  const labels = {
    ...{ account: filter.account, region: filter.region, version: filter.version, architecture: filter.architecture },
    memory_mb: filter.memoryMb === undefined ? undefined : String(filter.memoryMb),
    ...(owner === null ? {} : { function: owner.name, account: owner.account, region: owner.region }),
  };
  return Object.entries(labels).flatMap(([label, value]) =>
    value === undefined ? [] : [{ name: label, op: '=' as const, value }],
  );
}

/** Most rows of rollups that one page reads. */
const PAGE_ROLLUPS = 5_000_000;

/** A page is a day, of rollups of an hour, or thirty of them. */
async function* rollupPages(
  context: Context,
  { fromMs, toMs, selected }: TimeRange & Pick<FunctionFilter, 'selected'>,
  matchers: readonly LabelMatcher[],
  { widthMs, limit, csv }: { readonly widthMs: number; readonly limit: number; readonly csv: boolean },
): AsyncGenerator<Bytes> {
  const pageMs = widthMs === DAY_MS ? 30 * DAY_MS : DAY_MS;
  let left = limit;
  for (let startMs = Math.floor(fromMs / DAY_MS) * DAY_MS; startMs < toMs && left > 0; startMs += pageMs) {
    const range = {
      fromMs: Math.max(startMs, Math.floor(fromMs / widthMs) * widthMs),
      toMs: Math.min(startMs + pageMs, Math.ceil(toMs / widthMs) * widthMs),
    };
    const question = {
      ...range,
      selected,
      widthMs,
      selectors: [matchers],
      sketches: 'duration',
      maxRows: PAGE_ROLLUPS,
    } as const;
    const isFirst = startMs <= fromMs;
    const form = { csv, isFirst, limit: left };
    const page = await readShapedAnswer(
      context,
      [['series', question]],
      'rollupExport',
      form,
      context.config.priceTerms,
    );
    left -= page.meta;
    yield page.answer.bytes;
  }
}
