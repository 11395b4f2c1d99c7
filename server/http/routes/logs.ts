/** Handlers of searches of log lines. */
import type { Packed, ReaderResult } from '../../storage/packed.ts';
import { readShaped, shapeAnswer } from '../answers/shape-answer.ts';
import type { Context } from '../context.ts';
import { logRoutes } from '../contract/logs.ts';
import { implement } from '../implement.ts';
import { newLines } from '../live-lines.ts';
import { logHistogram } from '../presentation/log-histogram.ts';
import { functionOf, rangeOf, selectedBy } from '../query.ts';
import { EVENT_STREAM, streamOf, streamResponse } from '../stream-response.ts';

/** An export reads the blocks of its lines once for each page: the fewer the better, but a line may be a megabyte. */
const EXPORT_PAGE = { lines: 10_000, mostChars: 4 * 1_048_576 };

type Given = Parameters<typeof selectedBy>[0] & {
  readonly function?: string | undefined;
  readonly q: string;
};

async function searchOf(
  { from, to, ...given }: Given & { readonly from: string; readonly to: string },
  context: Context,
) {
  return { ...rangeOf({ from, to }, context.now()), ...(await linesOf(given, context)) };
}

async function linesOf({ function: name, q, ...selection }: Given, context: Context) {
  const functionId = name === undefined ? undefined : (await functionOf(name, context.store)).functionId;
  return { text: q, functionId, selected: await selectedBy(selection, context) };
}

export const logHandlers = implement(logRoutes, {
  streamLogs: async (call) => {
    const { context, query, principal } = call;
    const search = await linesOf(query, context);
    // A search that is not valid is a problem, not the end of a stream.
    const { keys } = await newLines(context, search, null);
    const restriction = principal?.restriction ?? null;
    const open = () => context.live.lines.open(context, search, keys, restriction);
    return streamResponse(call, 'events', EVENT_STREAM, open) as never;
  },
  searchLogs: async ({ context, query }) => {
    const { limit, cursor, ...given } = query;
    const question = ['logs', { ...(await searchOf(given, context)), limit, cursor }] as const;
    return readShaped(context, [question], 'logList', context.config.rawLines);
  },
  countLogs: async ({ context, query }) => {
    const { bins, ...given } = query;
    const question = { ...(await searchOf(given, context)), bins };
    return logHistogram(await context.store.read.logHistogram(question));
  },
  exportLogs: async (call) => {
    const { context, query } = call;
    const { limit, ...given } = query;
    const search = await searchOf(given, context);
    const read = (cursor: string | undefined, left: number): Promise<LogsPage> =>
      context.store.readPacked('logs', {
        ...search,
        limit: Math.min(EXPORT_PAGE.lines, left),
        mostChars: EXPORT_PAGE.mostChars,
        cursor,
      });
    // A search that is not valid is a problem, not the end of a stream.
    const first = await read(undefined, limit);
    const headers = {
      'content-type': 'application/x-ndjson',
      'content-disposition': 'attachment; filename="thermocline-logs.ndjson"',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    };
    return streamResponse(call, 'rows', headers, () => streamOf(pages(context, first, read, limit))) as never;
  },
});

type LogsPage = Packed<ReaderResult<'logs'>>;

async function* pages(
  context: Context,
  first: LogsPage,
  read: (cursor: string, left: number) => Promise<LogsPage>,
  limit: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let left = limit;
  for (let page: LogsPage | null = first; page !== null; ) {
    const cursor: string | null = page.nextCursor;
    left -= page.rows ?? EXPORT_PAGE.lines;
    yield (await shapeAnswer(context.analysis, 'logExport', page)).answer.bytes;
    page = cursor !== null && left > 0 ? await read(cursor, left) : null;
  }
}
