/** Refuses requests that were sent to another name than one of ours. */
import type { MiddlewareHandler } from 'hono';
import type { Config } from '../config/environment.ts';
import { hostFault } from './access/host-names.ts';
import { ProblemError, problemOf } from './problems.ts';

/**
 * Checks the Host header, and the host of an absolute request target. Ingest routes accept any name: they need a key and
 * answer nothing but counts, and senders that are refused would lose data.
 */
export function checkHost({ hostNames }: Pick<Config, 'hostNames'>): MiddlewareHandler {
  return async (c, next) => {
    const target = /^https?:\/\/([^/?#]*)/i.exec(c.req.raw.url)?.[1] ?? '';
    const hosts = [c.req.header('host') ?? target, target];
    const faults = hosts.map((host) => hostFault(host, hostNames));
    const isMalformed = faults.includes('malformed');
    if (!isMalformed && (!faults.includes('unknown') || c.req.path.startsWith('/ingest/'))) return next();
    const error = isMalformed
      ? new ProblemError('invalid-request', 'The Host header is not valid', [
          { field: 'Host', message: 'expected a host name or address, and optionally a port' },
        ])
      : new ProblemError(
          'misdirected',
          'This server does not answer to this host name. Name it in THERMOCLINE_PUBLIC_URL or THERMOCLINE_HOST_NAMES',
        );
    const { document } = problemOf(error);
    return c.body(JSON.stringify(document), document.status as 400, {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
    });
  };
}
