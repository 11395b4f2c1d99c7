/** Answers with a stream that ends with the caller's credential. */
import type { Principal } from './access/auth.ts';
import type { StreamKind } from './access/open-streams.ts';
import { MOST_STREAMS } from './access/open-streams.ts';
import type { Context } from './context.ts';
import { ProblemError } from './problems.ts';

/** Retry-After for rejected clients, s. */
const RETRY_SECONDS = 5;

/** Headers of server-sent events. */
export const EVENT_STREAM = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
} as const;

/**
 * The response to a stream's request. `open` is not called for HEAD, whose answer has no body that a client could end.
 * @throws ProblemError 429 if the credential holds too many streams, 503 if all do
 */
export function streamResponse(
  { context, principal, request }: { context: Context; principal: Principal | null; request: Request },
  kind: StreamKind,
  headers: Readonly<Record<string, string>>,
  open: () => ReadableStream<Uint8Array>,
): Response {
  if (principal === null) throw new ProblemError('unauthenticated');
  if (request.method === 'HEAD') return new Response(null, { headers });
  const exceeded = context.streams.exceededLimit(kind, principal);
  const name = kind === 'events' ? 'live streams' : 'exports';
  const { total, token, session } = MOST_STREAMS[kind];
  if (exceeded === 'total') throw new ProblemError('unavailable', `Too many ${name}: the limit is ${total}`);
  if (exceeded === 'own') {
    const limits = `the limit is ${session} of one session and ${token} of one token`;
    throw new ProblemError('too-many-requests', `Too many ${name}: ${limits}`, [], RETRY_SECONDS);
  }
  return new Response(context.streams.bind(kind, principal, open()), { headers });
}

/**
 * Writes the next page only after the previous one was consumed, so that a slow client holds two pages in memory. Empty pages are
 * left out: a stream is asked again only for what follows bytes.
 */
export function streamOf(pages: AsyncGenerator<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: async (controller) => {
      let page = await pages.next();
      while (page.done !== true && page.value.length === 0) page = await pages.next();
      if (page.done === true) controller.close();
      else controller.enqueue(page.value);
    },
    cancel: async () => {
      await pages.return(undefined);
    },
  });
}
