/** The HTTP server: limits on headers, time and connections, and bodies that nobody reads. */
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { leaveUnread } from './unread-body.ts';

/** Firehose's common attributes alone can be 64 KB of headers. */
const MAX_HEADER_BYTES = 131_072;
const HEADERS_TIMEOUT_MS = 15_000;
/** Firehose gives up after three minutes. */
const REQUEST_TIMEOUT_MS = 180_000;
/** Above what load balancers keep idle connections for. */
const KEEP_ALIVE_MS = 75_000;
/** Time limits hold to within this; Node looks every half minute otherwise. */
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
      leaveUnread(incoming, outgoing);
      void listener(incoming, outgoing);
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}
