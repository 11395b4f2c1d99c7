/**
 * Maintenance mode of `serve`, used while its files cannot be opened: answers 503, so that senders keep their data and retry
 * and process managers do not restart the server in a loop. Nothing is stored or read.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Logger } from 'pino';
import type { Config } from '../config/environment.ts';
import { hostFault } from '../http/access/host-names.ts';
import { listen } from './listen.ts';
import { writeErr, writeOut } from './output.ts';

/** Exit code for process managers: a restart does not help. */
const EXIT_MAINTENANCE = 3;

export interface MaintenanceMode {
  /** Resolves with the exit code when the process receives a stop signal. */
  readonly ended: Promise<number>;
  /** Ends maintenance mode and frees the port. */
  close(): Promise<void>;
}

/** Starts answering 503 on the server's port. `sentence` names the cause for the operator. */
export async function startMaintenanceMode(config: Config, sentence: string, log: Logger): Promise<MaintenanceMode> {
  log.fatal({ reason: sentence }, 'maintenance mode: nothing is stored until this is fixed');
  writeErr(`${sentence}\n`);
  const server = createServer((request, response) => send(response, answerOf(request, config.hostNames)));
  const url = await listen(server, config);
  writeOut(`Thermocline is in maintenance mode at ${url}: it answers 503 until this is fixed\n`);
  const close = (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    return closed;
  };
  const ended = new Promise<number>((resolve) => {
    const stop = (): void => void close().then(() => resolve(EXIT_MAINTENANCE));
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
  return { ended, close };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Requests for foreign names are refused as by the server itself; ingest routes accept any name. */
function answerOf(request: IncomingMessage, hostNames: readonly string[]): Answer {
  const path = request.url ?? '/';
  const json = (status: number, value: object, type = 'application/json'): Answer => ({
    status,
    type,
    body: JSON.stringify(value),
  });
  // Browsers always send a Host header; health checks of HTTP/1.0 have none.
  const hosts = [
    ...(request.headers.host === undefined ? [] : [request.headers.host]),
    ...(/^https?:\/\/([^/?#]*)/i.exec(path)?.slice(1) ?? []),
  ];
  const faults = hosts.map((host) => hostFault(host, hostNames));
  if (faults.includes('malformed') || (faults.includes('unknown') && !path.startsWith('/ingest/'))) {
    const status = faults.includes('malformed') ? 400 : 421;
    const detail = status === 400 ? 'The Host header is not valid' : 'This server does not answer to this host name';
    return json(status, { type: 'about:blank', title: 'Refused', status, detail }, 'application/problem+json');
  }
  if (path === '/healthz') return json(200, { status: 'ok' });
  if (path.startsWith('/ingest')) {
    const id = request.headers['x-amz-firehose-request-id'];
    const errorMessage = 'The server is in maintenance mode. Retry later.';
    return json(503, { requestId: typeof id === 'string' ? id : '', timestamp: Date.now(), errorMessage });
  }
  if (path === '/readyz')
    return json(503, { status: 'not ready', reason: 'The database cannot be used. See the server log' });
  if (request.headers.accept?.includes('text/html') === true) {
    const body = 'Thermocline is in maintenance mode: its database cannot be used. See the server log.\n';
    return { status: 503, type: 'text/plain; charset=utf-8', body };
  }
  const problem = {
    type: 'about:blank',
    title: 'Maintenance mode',
    status: 503,
    detail: 'The database cannot be used. See the server log.',
  };
  return json(503, problem, 'application/problem+json');
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...(status === 503 ? { 'retry-after': '60' } : {}),
  });
  response.end(body);
}
