/** Handler of exports: streams rows as CSV or NDJSON, page by page. */
import type { Packed, ReaderResult } from '../../storage/packed.ts';
import { shapeAnswer } from '../answers/shape-answer.ts';
import type { Context } from '../context.ts';
import { exportRoutes } from '../contract/export.ts';
import { implement } from '../implement.ts';
import { declaredCosts, filterOf, rangeOf } from '../query.ts';
import { streamResponse } from '../stream-response.ts';
import { rejectInvalid } from '../validation.ts';

/** Rows of a page: each asks every function, so that fewer of them cost less. */
const PAGE = 2000;

type Bytes = Uint8Array<ArrayBuffer>;

export const exportHandlers = implement(exportRoutes, {
  exportRows: async (call) => {
    const { context, params, query, request } = call;
    const { from, to, format, limit, status, cause, tenant, ...filter } = query;
    if (params.what === 'functions') rejectRowFilters({ status, cause, tenant });
    const range = rangeOf({ from, to }, context.now());
    const found = await filterOf(filter, context.store);
    const csv = (format ?? formatOf(request)) === 'csv';
    const pages = (): AsyncGenerator<Bytes> =>
      params.what === 'functions'
        ? functionPages(context, { ...range, ...found }, csv)
        : invocationPages(
            context,
            {
              ...range,
              ...found,
              ...(params.what === 'cold-starts' ? { cold: true } : {}),
              status,
              cause,
              tenant,
              limit,
            },
            csv,
          );
    const headers = {
      'content-type': csv ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson',
      'content-disposition': `attachment; filename="thermocline-${params.what}.${csv ? 'csv' : 'ndjson'}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    };
    return streamResponse(call, 'rows', headers, () => streamOf(pages())) as never;
  },
});

/** A row of a function is about all of its invocations. @throws ProblemError if a filter of single invocations is given */
function rejectRowFilters(filters: Readonly<Record<string, string | undefined>>): void {
  rejectInvalid(
    Object.entries(filters).flatMap(([field, value]) =>
      value === undefined ? [] : [{ field, message: 'filters invocations and cold starts, not functions' }],
    ),
  );
}

function formatOf(request: Request): 'csv' | 'ndjson' {
  return (request.headers.get('accept') ?? '').includes('text/csv') ? 'csv' : 'ndjson';
}

/** Writes the next page only after the previous one was consumed, so that a slow client holds two pages in memory. */
function streamOf(pages: AsyncGenerator<Bytes>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: async (controller) => {
      const { value, done } = await pages.next();
      if (value !== undefined && value.length > 0) controller.enqueue(value);
      if (done === true) controller.close();
    },
    cancel: async () => {
      await pages.return(undefined);
    },
  });
}

type Read = Context['store']['read'];
type InvocationQuery = Parameters<Read['invocationColumns']>[0];
type FunctionQuery = Parameters<Read['functions']>[0];

/** Each page is read by a reader thread while the answers thread writes the one before as text. */
async function* invocationPages(context: Context, query: InvocationQuery, csv: boolean): AsyncGenerator<Bytes> {
  let left = query.limit;
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
    yield (await shapeAnswer(context.analysis, 'invocationExport', page, form, context.config.priceTerms)).answer.bytes;
    isFirst = false;
  }
}

async function* functionPages(context: Context, query: FunctionQuery, csv: boolean): AsyncGenerator<Bytes> {
  const [found, declared] = await Promise.all([
    context.store.readPacked('functions', query),
    declaredCosts(context.store, query),
  ]);
  const form = { csv, isFirst: true };
  const { config } = context;
  yield (await shapeAnswer(context.analysis, 'functionExport', found, form, context.now(), declared, config.priceTerms))
    .answer.bytes;
}
