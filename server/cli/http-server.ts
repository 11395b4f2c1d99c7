/** HTTP server with limits on headers, time, connections, and requests of one client. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Config } from '../config/environment.ts';
import { addressGroup, clientAddress } from '../http/access/client-address.ts';
import { Connections } from './connection-limits.ts';
import { stopReadingEarly } from './unread-body.ts';

/** Firehose's common attributes alone can take 64 KB of headers. */
const MAX_HEADER_BYTES = 131_072;
const HEADERS_TIMEOUT_MS = 15_000;
/** Firehose times out after three minutes. */
const REQUEST_TIMEOUT_MS = 180_000;
/** Longer than load balancers keep idle connections. */
const KEEP_ALIVE_MS = 75_000;
/** Precision of the timeouts; Node's default is 30 s. */
const CHECK_CONNECTIONS_MS = 5000;
const MAX_CONNECTIONS = 4096;
/** An eighth of all, so that one address cannot occupy them. */
const MAX_PER_ADDRESS = 512;

export interface ServerOptions {
  readonly fetch: Parameters<typeof getRequestListener>[0];
  readonly config: Pick<Config, 'trustProxy'>;
  readonly maxConnections?: number;
  /** Most connections of one address; behind a trusted proxy, most requests at the same time of one forwarded address. */
  readonly maxPerAddress?: number;
}

export function httpServer({
  fetch,
  config: { trustProxy },
  maxConnections = MAX_CONNECTIONS,
  maxPerAddress = MAX_PER_ADDRESS,
}: ServerOptions): Server {
  const listener = getRequestListener(fetch);
  const connections = new Connections({ perAddress: trustProxy ? null : maxPerAddress, total: maxConnections });
  const inProgress = new Map<string, number>();
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_CONNECTIONS_MS,
    },
    (incoming, outgoing) => {
      outgoing.once('close', connections.beginRequest(incoming.socket));
      if (trustProxy && !admit(incoming, outgoing, inProgress, maxPerAddress)) return;
      stopReadingEarly(incoming, outgoing);
      void listener(incoming, outgoing);
    },
  );
  server.on('connection', (socket) => connections.open(socket));
  return server;
}

/** Counts the request of a forwarded address, or answers 429 if it has too many in progress. */
function admit(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  inProgress: Map<string, number>,
  most: number,
): boolean {
  const forwarded = incoming.headers['x-forwarded-for'];
  const header = Array.isArray(forwarded) ? forwarded.join(',') : forwarded;
  const key = addressGroup(clientAddress(header, incoming.socket.remoteAddress, true));
  const n = inProgress.get(key) ?? 0;
  if (n >= most) {
    const body = JSON.stringify({ status: 429, title: 'Too many requests of this address are in progress' });
    outgoing
      .writeHead(429, {
        'content-type': 'application/problem+json',
        'content-length': Buffer.byteLength(body),
        'retry-after': '5',
        connection: 'close',
      })
      .end(body);
    return false;
  }
  inProgress.set(key, n + 1);
  outgoing.once('close', () => {
    const left = (inProgress.get(key) ?? 1) - 1;
    if (left === 0) inProgress.delete(key);
    else inProgress.set(key, left);
  });
  return true;
}
