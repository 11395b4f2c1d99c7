/** HTTP server with limits on headers, time and connections. */
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
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

export function httpServer(fetch: Parameters<typeof getRequestListener>[0]): Server {
  const listener = getRequestListener(fetch);
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_CONNECTIONS_MS,
    },
    (incoming, outgoing) => {
      stopReadingEarly(incoming, outgoing);
      void listener(incoming, outgoing);
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}
