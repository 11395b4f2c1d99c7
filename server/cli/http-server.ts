/** HTTP server with limits on headers, time, connections, and requests of one client. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { HOUR_MS } from '../../ingest/records/time.ts';
import type { Config } from '../config/environment.ts';
import { addressGroup, clientAddress } from '../http/access/client-address.ts';
import { Connections } from './connection-limits.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { stopReadingEarly } from './unread-body.ts';

/** Firehose's common attributes alone can take 64 KB of headers. */
const MAX_HEADER_BYTES = 131_072;
const HEADERS_TIMEOUT_MS = 15_000;
/** For a whole request. Bodies are limited by their speed (`readBody`): a large one over a slow line takes minutes. */
const REQUEST_TIMEOUT_MS = HOUR_MS;
/** Longer than load balancers keep idle connections. */
const KEEP_ALIVE_MS = 75_000;
/** How long a client may read nothing of an answer that waits for it. A slow one that reads is not cut. */
const STALLED_MS = 60_000;
/** Precision of the timeouts; Node's default is 30 s. */
const CHECK_CONNECTIONS_MS = 5000;
const MAX_CONNECTIONS = 4096;
/** An eighth of all, so that one address cannot occupy them. */
const MAX_PER_ADDRESS = 512;
/** Concurrent sign-ins of one address. Further ones are refused early, because only two are checked at a time. */
const MOST_SIGN_INS = 8;

export interface ServerOptions {
  readonly fetch: Parameters<typeof getRequestListener>[0];
  readonly config: Pick<Config, 'trustProxy'>;
  readonly maxConnections?: number;
  /** Most connections of one address; behind a trusted proxy, most requests at the same time of one forwarded address. */
  readonly maxPerAddress?: number;
  readonly stalledMs?: number;
}

export function httpServer({
  fetch,
  config: { trustProxy },
  maxConnections = MAX_CONNECTIONS,
  maxPerAddress = MAX_PER_ADDRESS,
  stalledMs = STALLED_MS,
}: ServerOptions): Server {
  const listener = getRequestListener(fetch);
  const connections = new Connections({ perAddress: trustProxy ? null : maxPerAddress, total: maxConnections });
  const requests = new InProgress(maxPerAddress);
  const signIns = new InProgress(MOST_SIGN_INS);
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_CONNECTIONS_MS,
    },
    oneAtATime((incoming, outgoing) => {
      outgoing.once('close', connections.beginRequest(incoming.socket));
      stopReadingEarly(incoming, outgoing);
      closeIfStalled(incoming, outgoing, stalledMs);
      const group = groupOf(incoming, trustProxy);
      if (trustProxy && !requests.admit(group, outgoing, 'Too many requests of this address are in progress')) return;
      if (isSignIn(incoming) && !signIns.admit(group, outgoing, 'Too many sign-ins of this address are in progress'))
        return;
      void listener(incoming, outgoing);
    }),
  );
  server.on('connection', (socket) => connections.open(socket));
  return server;
}

/** Closes the connection of a client that does not read: what it was sent would stay in memory, also after the end of a stream. */
function closeIfStalled({ socket }: IncomingMessage, outgoing: ServerResponse, stalledMs: number): void {
  outgoing.setTimeout(stalledMs);
  outgoing.on('timeout', () => {
    if (socket.writableLength > 0) socket.destroy();
  });
}

/** Requests in progress, by the group of their addresses. */
class InProgress {
  readonly #most: number;
  readonly #ofGroup = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Counts the request of a group until it ends, or answers 429 if the group has too many. */
  admit(key: string, outgoing: ServerResponse, title: string): boolean {
    const n = this.#ofGroup.get(key) ?? 0;
    if (n >= this.#most) {
      const body = JSON.stringify({ status: 429, title });
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
    this.#ofGroup.set(key, n + 1);
    outgoing.once('close', () => {
      const left = (this.#ofGroup.get(key) ?? 1) - 1;
      if (left === 0) this.#ofGroup.delete(key);
      else this.#ofGroup.set(key, left);
    });
    return true;
  }
}

/** Address group of the client, as a trusted proxy forwards it. */
function groupOf(incoming: IncomingMessage, trustProxy: boolean): string {
  const forwarded = incoming.headers['x-forwarded-for'];
  const header = Array.isArray(forwarded) ? forwarded.join(',') : forwarded;
  return addressGroup(clientAddress(header, incoming.socket.remoteAddress, trustProxy));
}

function isSignIn({ method, url = '' }: IncomingMessage): boolean {
  return method === 'POST' && /^\/api\/v1\/session(?:\?|$)/.test(url);
}
