/**
 * What `serve` does when its files cannot be used: it stays up and says so to everybody, so that senders keep what they
 * have and come again, and nothing restarts it in a loop. Nothing is stored and nothing is read.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Logger } from 'pino';
import type { Config } from '../config/environment.ts';
import { listen } from './listen.ts';

/** Exit code for whoever watches over the process: starting it again does not help. */
const EXIT_MAINTENANCE = 3;

export interface MaintenanceMode {
  /** Resolves with the exit code when the process is told to end. */
  readonly ended: Promise<number>;
  /** It is mended: the port is free again. */
  close(): Promise<void>;
}

/** Answers in the server's place. `sentence` is for the operator. */
export async function startMaintenanceMode(config: Config, sentence: string, log: Logger): Promise<MaintenanceMode> {
  log.fatal({ reason: sentence }, 'out of order: nothing is stored until this is mended');
  process.stderr.write(`${sentence}\n`);
  const server = createServer((request, response) => send(response, answerOf(request)));
  const url = await listen(server, config);
  process.stdout.write(`Thermocline is up at ${url}, and out of order: it answers 503 until this is mended\n`);
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

function answerOf(request: IncomingMessage): Answer {
  const path = request.url ?? '/';
  const json = (status: number, value: object, type = 'application/json'): Answer => ({
    status,
    type,
    body: JSON.stringify(value),
  });
  if (path === '/healthz') return json(200, { status: 'ok' });
  if (path.startsWith('/ingest')) {
    const id = request.headers['x-amz-firehose-request-id'];
    const errorMessage = 'The server is out of order: send again later';
    return json(503, { requestId: typeof id === 'string' ? id : '', timestamp: Date.now(), errorMessage });
  }
  if (path === '/readyz')
    return json(503, { status: 'not ready', reason: 'the database cannot be used: the log says why' });
  if (request.headers.accept?.includes('text/html') === true) {
    const body = 'Thermocline is out of order: its database cannot be used. Its log says why.\n';
    return { status: 503, type: 'text/plain; charset=utf-8', body };
  }
  const problem = { type: 'about:blank', title: 'Out of order', status: 503, detail: 'The database cannot be used' };
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
