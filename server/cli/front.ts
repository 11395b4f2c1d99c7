/**
 * The port of `serve`: opened before the first call on a file, so that `/healthz` answers while a disk hangs. The handler is
 * replaced as the start proceeds.
 */
import type { Server } from 'node:http';
import type { Config } from '../config/environment.ts';
import { hostFault } from '../http/access/host-names.ts';
import type { ServerOptions } from './http-server.ts';
import { httpServer } from './http-server.ts';
import { listen } from './listen.ts';

type Fetch = ServerOptions['fetch'];

export interface Front {
  readonly config: Config;
  readonly server: Server;
  readonly url: string;
  answerWith(fetch: Fetch): void;
  /** Closes the port and its connections at once. */
  close(): Promise<void>;
}

/** Opens the port; requests are answered 503 at first. @throws UserError if the port cannot be opened. */
export async function openFront(config: Config): Promise<Front> {
  let answer: Fetch = answersOf(STARTING, config);
  const server = httpServer({
    fetch: (request, env) => answer(request, env),
    config,
    maxConnections: config.capacity.connections,
    maxPerAddress: config.capacity.connectionsPerAddress,
  });
  const url = await listen(server, config);
  return {
    config,
    server,
    url,
    answerWith: (fetch) => {
      answer = fetch;
    },
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

/** The answer of a server that cannot store or read yet. */
export interface Unavailable {
  readonly title: string;
  readonly detail: string;
  readonly retryAfterSec: number;
}

const STARTING: Unavailable = { title: 'Starting', detail: 'The server is starting.', retryAfterSec: 5 };

/**
 * Answers `/healthz` with 200, and everything else with 503 and the reason. Requests for foreign names are refused as by the server
 * itself; ingest routes accept any name.
 */
export function answersOf(
  { title, detail, retryAfterSec }: Unavailable,
  { hostNames }: Pick<Config, 'hostNames'>,
): (request: Request) => Response {
  const send = (status: number, type: string, body: string): Response =>
    new Response(body, {
      status,
      headers: {
        'content-type': type,
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        ...(status === 503 ? { 'retry-after': String(retryAfterSec) } : {}),
      },
    });
  const json = (status: number, value: object, type = 'application/json'): Response =>
    send(status, type, JSON.stringify(value));
  return (request) => {
    // By hand: a URL of a malformed host throws.
    const [, target = '', pathname = '/'] = /^https?:\/\/([^/?#]*)([^?#]*)/i.exec(request.url) ?? [];
    const faults = [request.headers.get('host') ?? target, target].map((host) => hostFault(host, hostNames));
    if (faults.includes('malformed') || (faults.includes('unknown') && !pathname.startsWith('/ingest/'))) {
      const status = faults.includes('malformed') ? 400 : 421;
      const refused = status === 400 ? 'The Host header is not valid' : 'This server does not answer to this host name';
      return json(
        status,
        { type: 'about:blank', title: 'Refused', status, detail: refused },
        'application/problem+json',
      );
    }
    if (pathname === '/healthz') return json(200, { status: 'ok' });
    if (pathname.startsWith('/ingest')) {
      const requestId = request.headers.get('x-amz-firehose-request-id') ?? '';
      return json(503, { requestId, timestamp: Date.now(), errorMessage: `${detail} Retry later.` });
    }
    if (pathname === '/readyz') return json(503, { status: 'not ready', reason: detail });
    if (request.headers.get('accept')?.includes('text/html') === true)
      return send(503, 'text/plain; charset=utf-8', `${detail}\n`);
    return json(503, { type: 'about:blank', title, status: 503, detail }, 'application/problem+json');
  };
}
