/**
 * Routes that answer callers who may read some functions only. They read through `Requester.restriction`, where other functions do not
 * exist, or check what they change by it. Every other route concerns the whole fleet, and is refused: also a new one, until it is added here.
 */
import type { RouteDeclaration } from '../contract/route.ts';

export const FLEET_WIDE =
  'This concerns the whole fleet, and this account is restricted to some functions. Ask an admin for access to all functions';

const ROUTES: ReadonlySet<string> = new Set([
  'get /api/v1/session',
  'post /api/v1/session/code',
  'put /api/v1/session/password',
  'get /api/v1/demo',
  'get /api/v1/alerts/history',
  'get /api/v1/alerts/instances',
  'get /api/v1/changes',
  'get /api/v1/compare',
  'get /api/v1/cost/month',
  'get /api/v1/errors',
  'get /api/v1/export/:what',
  'get /api/v1/functions',
  'get /api/v1/functions/:id',
  'get /api/v1/functions/:id/cold-starts',
  'get /api/v1/functions/:id/durable-executions',
  'get /api/v1/functions/:id/environments',
  'get /api/v1/functions/:id/errors/:fingerprint',
  'put /api/v1/functions/:id/errors/:fingerprint',
  'post /api/v1/functions/:id/errors/:fingerprint/merge',
  'post /api/v1/functions/:id/errors/:fingerprint/split',
  'get /api/v1/functions/:id/failures',
  'get /api/v1/functions/:id/keep-alive',
  'get /api/v1/functions/:id/managed-instances',
  'get /api/v1/functions/:id/memory',
  'get /api/v1/functions/:id/network',
  'get /api/v1/functions/:id/platform-metrics',
  'get /api/v1/functions/:id/provisioned-concurrency',
  'get /api/v1/functions/:id/responses',
  'get /api/v1/functions/:id/tags',
  'get /api/v1/functions/:id/tenants',
  'get /api/v1/functions/:id/timeseries',
  'get /api/v1/invocations',
  'get /api/v1/invocations/:requestId',
  'get /api/v1/live',
  'get /api/v1/load-tests',
  'get /api/v1/load-tests/compare',
  'get /api/v1/logs',
  'get /api/v1/logs/export',
  'get /api/v1/logs/histogram',
  'get /api/v1/logs/live',
  'get /api/v1/markers',
  'post /api/v1/markers',
  'get /api/v1/metrics',
  'get /api/v1/metrics/points',
  'get /api/v1/overview',
  'post /api/v1/query',
  'get /api/v1/recommendations',
  'post /api/v1/redaction/test',
  'get /api/v1/report-preview',
  'get /api/v1/service-map',
  'get /api/v1/tags',
  'get /metrics/functions',
  'get /api/v1/traces/:traceId',
  'get /api/v1/tuning-runs',
  'post /mcp',
]);

/** Below it everything is computed from series of permitted functions. */
const PROMETHEUS = '/prometheus/api/v1/';

export function answersRestricted({ method, path }: Pick<RouteDeclaration, 'method' | 'path'>): boolean {
  return path.startsWith(PROMETHEUS) || ROUTES.has(`${method} ${path}`);
}
