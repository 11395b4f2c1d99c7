/** Graceful shutdown of an HTTP server. */
import type { Server } from 'node:http';

/** Requests in progress may take this long before their connections are closed. */
const DRAIN_MS = 10_000;
const IDLE_CHECK_MS = 50;

/** Stops accepting connections. Resolves when requests in progress have been answered or the drain timeout has passed. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timeout = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    // Connections become idle one by one, as their last responses end.
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
    server.close(() => {
      clearTimeout(timeout);
      clearInterval(idle);
      resolve();
    });
    server.closeIdleConnections();
  });
}
