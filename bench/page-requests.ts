/** The requests behind the dashboards' pages: every declared GET route of the API that a full store can answer. */
import { routes } from '../server/http/contract/routes.generated.ts';

export interface PageRequest {
  /** The route's operation id, or the name of a structured query. */
  readonly name: string;
  readonly path: string;
  /** JSON of a POST; GET without it. */
  readonly body?: string;
}

/** Routes that need an object which the store of a benchmark does not have, that never end, or that ask eight of the others. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'previewLineDeletion',
  'getAlertRule',
  'getErrorGroup',
  'getInvocation',
  'getTrace',
  'compareLoadTests',
  'streamInvocations',
  'streamLogs',
  'listReports',
  'getReport',
  'previewReport',
]);

/** Parameters of routes that need more than a function. */
const PARAMETERS: Readonly<Record<string, (name: string) => string>> = {
  comparePeriods: (name) => `?function=${name}&before=now-14d/now-7d&after=now-7d/now`,
  exportRows: (name) => `?function=${name}&from=now-30d&limit=1000`,
  exportLogs: () => '?from=now-30d&limit=1000',
  listFunctions: () => '?from=now-30d',
  getMetricPoints: () => '?namespace=AWS/Lambda&name=Throttles&from=now-7d',
  getOverview: () => '?from=now-30d',
  getFunction: () => '?from=now-30d',
  getFunctionColdStarts: () => '?from=now-30d',
};

/** Structured queries of the fleet's pages. */
const QUERIES: Readonly<Record<string, object>> = {
  'query p95 by function': { metric: 'durationMs', from: 'now-30d', groupBy: ['function'] },
  'query cost by memory size': { metric: 'costUsd', from: 'now-7d', groupBy: ['memoryMb'], interval: '6h' },
};

/** What Grafana asks of the Prometheus-compatible API. */
const PROMETHEUS: Readonly<Record<string, string>> = {
  'rates by function': 'query?query=topk(10, sum by (function) (rate(thermocline_invocations_total[1h])))',
  'quantile of the fleet':
    'query?query=histogram_quantile(0.95, sum by (le) (rate(thermocline_duration_seconds_bucket[1h])))',
  'values of a label': 'label/function/values?match[]=thermocline_invocations_total',
};

/** Returns the requests of all pages; those about one function, for each of `functions`. */
export function pageRequests(functions: readonly string[]): readonly PageRequest[] {
  const gets = Object.entries(routes).flatMap(([name, { method, path }]): PageRequest[] => {
    if (method !== 'get' || !path.startsWith('/api/v1/') || LEFT_OUT.has(name)) return [];
    const isOfFunction = path.includes(':id') || name === 'comparePeriods' || name === 'exportRows';
    return (isOfFunction ? functions : [functions[0] ?? '']).map((one) => ({
      name,
      path: path.replace(':id', one).replace(':what', 'cold-starts') + (PARAMETERS[name]?.(one) ?? ''),
    }));
  });
  const queries = Object.entries(QUERIES).map(([name, body]) => ({
    name,
    path: '/api/v1/query',
    body: JSON.stringify(body),
  }));
  const prometheus = Object.entries(PROMETHEUS).map(([name, path]) => ({
    name,
    path: encodeURI(`/prometheus/api/v1/${path}`),
  }));
  return [...gets, ...queries, ...prometheus, { name: 'scrape', path: '/metrics/functions' }];
}

/** Sends one request and reads the response. @throws Error if the status is not 200. */
export async function sendPageRequest(url: string, token: string, { path, body }: PageRequest): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(url + path, body === undefined ? { headers } : { method: 'POST', headers, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text.slice(0, 200)}`);
}
