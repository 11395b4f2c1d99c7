/**
 * What `serve` does when its files are damaged: it stays up and says so to everybody, so that senders keep what they have
 * and come again, and nothing restarts it in a loop. Nothing is stored and nothing is read.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { HOW_TO_MEND } from '../upkeep/storage-watch.ts';
import { listen } from './listen.ts';

/** Exit code for whoever watches over the process: starting it again does not help. */
const EXIT_DAMAGED = 3;

/** Resolves when the process is told to end. */
export async function outOfOrder(config: Config, sentence: string, log: Logger): Promise<number> {
  const told = `${sentence}. ${HOW_TO_MEND}`;
  log.fatal({ reason: told }, 'the database is damaged: nothing is stored until it is restored');
  process.stderr.write(`${told}\n`);
  const server = createServer((request, response) => send(response, answerOf(request)));
  const url = await listen(server, config);
  process.stdout.write(
    `Thermocline is up at ${url}, and out of order: it answers 503 until this is mended and it is started again\n`,
  );
  return new Promise((resolve) => {
    const stop = (): void => {
      server.close(() => resolve(EXIT_DAMAGED));
      server.closeAllConnections();
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
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
  if (path === '/readyz') return json(503, { status: 'not ready', reason: 'the database is damaged' });
  if (request.headers.accept?.includes('text/html') === true) {
    const body = 'Thermocline is out of order: its database is damaged. Its log says what to do.\n';
    return { status: 503, type: 'text/plain; charset=utf-8', body };
  }
  const problem = { type: 'about:blank', title: 'Out of order', status: 503, detail: 'The database is damaged' };
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
