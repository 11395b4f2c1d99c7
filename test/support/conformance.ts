/**
 * Sends every query of the API to both stores and expects equal responses for the same lines, in any order of delivery.
 * The calling test decides how ClickHouse receives the data.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TelemetryRecord } from '../../ingest/records/telemetry-record.ts';
import { MINUTE_MS } from '../../ingest/records/time.ts';
import { routeTable } from '../../server/http/routes/table.generated.ts';
import type { DocumentedInvocation } from './fleet-documents.ts';
import { batchOfRecords, documentsAbout, inventoryOf, loadTestOf } from './fleet-documents.ts';
import { deliveries, streams } from './fleet-streams.ts';
import { line, orders, point } from './metric-records.ts';
import type { TestProduct } from './product.ts';
import { removeFolder, startProduct } from './product.ts';

export const TO = Date.UTC(2026, 10, 20);
const HOUR = 3_600_000;
/** Time at which everything has settled. */
const NOW = TO + 6 * HOUR;
/** Seed of the fleet and of the order of delivery: `SEED=11 npm run test:clickhouse`. */
const SEED = Number(process.env['SEED'] ?? 7);
const SOURCE = { kind: 'logs', name: 'test' } as const;
const RANGE = `from=${TO - 3 * HOUR}&to=${TO}`;
/** Long enough to be answered from hourly rollups. */
const LONG = `from=${TO - 72 * HOUR}&to=${TO}`;

/** Functions of a team: two of the four. */
const SHOP = `${RANGE}&tag=team:shop`;

const FUNCTIONS = ['plain', 'json', 'fails', 'snap'].map((name) => `${name}-${SEED}`);

const TAGS = [{ team: 'shop' }, { team: 'shop', tier: 'gold' }, { team: 'web' }] as const;

/** Clock of both products. */
let nowMs = NOW;
let sqlite: TestProduct;
let clickhouse: TestProduct;
const started: TestProduct[] = [];

interface Conformance {
  readonly now: () => number;
  /** The product on SQLite, with everything stored and attributed. */
  readonly sqlite: TestProduct;
  /** Stores and attributes the same data in another product. */
  readonly feed: (product: TestProduct) => Promise<void>;
}

/** Delivers documents after the lines and twice, and changes the configuration in between. */
async function feedDocuments(product: TestProduct, documented: readonly DocumentedInvocation[]): Promise<void> {
  const { account = '', region = '' } = documented[0]?.function ?? {};
  const place = { account, region };
  const inventory = (timeoutMs: number) =>
    FUNCTIONS.map((name, at) =>
      inventoryOf(
        { ...place, name },
        { subnetIds: at < 2 ? ['subnet-1'] : [], timeoutMs, architecture: at === 0 ? 'arm64' : null },
      ),
    );
  const tags = FUNCTIONS.flatMap((name, at) => (at < 3 ? [{ ...place, name, tags: TAGS[at] ?? {} }] : []));
  await product.fetch('/api/v1/tags', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ functions: tags }),
  });
  const documents = documentsAbout(documented);
  const loads = [loadTestOf('before', FUNCTIONS[0] ?? '', 1), loadTestOf('after', FUNCTIONS[0] ?? '', 2)];
  await product.store.write(batchOfRecords(documents, place), SOURCE);
  await product.store.write(batchOfRecords([...loads, ...documents.slice(0, 9)], place), SOURCE);
  for (const [at, timeoutMs] of [3000, 3000, 9000].entries()) {
    nowMs = NOW - HOUR * (3 - at);
    await product.store.write(batchOfRecords(inventory(timeoutMs), place), { kind: 'inventory', name: 'lambda-api' });
  }
  nowMs = NOW;
  await product.store.write(batchOfRecords(metricsOf(place), place), SOURCE);
  // Again, and with another value of a point.
  await product.store.write(batchOfRecords(metricsOf(place).slice(0, 40), place), SOURCE);
  await product.store.write(batchOfRecords([throttlesOf(place, 0, 9)], place), SOURCE);
  await product.attribution.round(true);
}

interface Place {
  readonly account: string;
  readonly region: string;
}

/** Points of CloudWatch, one a minute, and lines with printed values. */
function metricsOf(place: Place): readonly TelemetryRecord[] {
  const [, name = ''] = FUNCTIONS;
  return Array.from({ length: 90 }, (_, at) => at).flatMap((at) => [
    throttlesOf(place, at, at % 4),
    line(at, {
      functionName: name,
      atMs: TO - 2 * HOUR + at * 50_000,
      metrics: [
        orders(
          [[at % 7, 1 + (at % 2)]],
          [
            [['service', `s${at % 3}`]],
            [
              ['service', `s${at % 3}`],
              ['tenant', `t${at % 5}`],
            ],
          ],
        ),
      ],
    }),
  ]);
}

function throttlesOf(place: Place, at: number, sum: number): TelemetryRecord {
  const [name = ''] = FUNCTIONS;
  const startMs = TO - 2 * HOUR + at * MINUTE_MS;
  return point({ ...place, dimensions: [['FunctionName', name]], startMs, sum, count: sum + 1 });
}

async function feed(product: TestProduct, documented: readonly DocumentedInvocation[] | null): Promise<void> {
  for (const [at, batch] of deliveries(streams(SEED, TO), SEED).entries()) {
    await product.store.write(batch, SOURCE);
    if (at % 9 === 4) await product.attribution.round();
  }
  await product.attribution.round(true);
  await feedDocuments(product, documented ?? (await newest(product)));
}

async function newest(product: TestProduct): Promise<readonly DocumentedInvocation[]> {
  return (await product.json<{ items: DocumentedInvocation[] }>(`/api/v1/invocations?${RANGE}&limit=200`)).items;
}

/** Ids that a store assigns and the order of equal entries are not compared. */
const OWN = new Set(['environmentId', 'functionId', 'id', 'nextCursor', 'databaseBytes', 'walBytes']);

/** Lists paged by store-assigned ids: same entries in another order. */
const BY_ID = /^\/api\/v1\/inventory/;

function inOrder(address: string, value: unknown): unknown {
  if (!BY_ID.test(address)) return value;
  const { items } = value as { items: readonly { id: string }[] };
  return { ...(value as object), items: items.toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
}

function withoutIds(value: unknown): unknown {
  // Sums of prices in another order differ in the last of 16 digits.
  if (typeof value === 'number') return Number(value.toPrecision(13));
  if (Array.isArray(value)) return value.map(withoutIds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !(OWN.has(key) && (typeof inner === 'number' || key === 'nextCursor')))
      .map(([key, inner]) => [key, withoutIds(inner)]),
  );
}

/** Routes about the process or the control plane, which is the same store in both products. */
const ELSEWHERE =
  /tokens|audit|alerts|settings|session|\/live$|openapi|stream|connect|access|backups|storage|ingest|prices|replay|events|report-schedules|\/reports|\/sql$/;
const paths = routeTable
  .filter((route) => route.method === 'get' && route.path.startsWith('/api/v1') && !ELSEWHERE.test(route.path))
  .flatMap(({ path, query }) =>
    path.includes(':id')
      ? FUNCTIONS.map((name) => [path.replace(':id', name), query] as const)
      : [[path, query] as const],
  )
  .filter(([path]) => !path.includes(':'));
/** Query parameters in addition to the range, or instead of it. */
const requested: Record<string, readonly string[]> = {
  '/api/v1/compare': [`function=plain-${SEED}&before=${TO - 3 * HOUR}/${TO - HOUR}&after=${TO - HOUR}/${TO}`],
  '/api/v1/logs/deletion': [`function=plain-${SEED}`, RANGE],
  '/api/v1/metrics': ['', 'limit=2', `function=json-${SEED}&source=emf`, 'search=S1'],
  '/api/v1/metrics/points': [
    `${RANGE}&namespace=AWS/Lambda&name=Throttles&interval=5m`,
    `${RANGE}&namespace=AWS/Lambda&name=Throttles&statistic=max&groupBy=function`,
    `${RANGE}&namespace=Shop&name=Orders&statistic=p95&groupBy=dimension:service`,
    `${RANGE}&namespace=Shop&name=Orders&statistic=average&dimensions=${encodeURIComponent('{"tenant":"t1"}')}`,
    `${LONG}&namespace=Shop&name=Nothing`,
  ],
  '/api/v1/overview': [RANGE, LONG, SHOP],
  '/api/v1/functions': [RANGE, LONG, SHOP, `${RANGE}&tag=!team`, `${RANGE}&vpc=true`, `${RANGE}&region=eu-west-1`],
  '/api/v1/errors': [RANGE, SHOP],
  '/api/v1/changes': [RANGE, SHOP],
  '/api/v1/network': [RANGE, SHOP],
  '/api/v1/service-map': [RANGE, SHOP],
  '/api/v1/logs': [RANGE, SHOP],
  '/api/v1/logs/histogram': [RANGE, SHOP],
  '/api/v1/invocations': [
    RANGE,
    `${RANGE}&limit=7`,
    `${RANGE}&cold=true`,
    `${RANGE}&cold=false&limit=30`,
    `${RANGE}&status=timeout`,
    `${RANGE}&status=oom`,
    `${RANGE}&minDurationMs=500`,
    `${RANGE}&cause=scale-out`,
    `${RANGE}&memoryMb=1024`,
    `${RANGE}&version=$LATEST`,
    SHOP,
    `${SHOP}&architecture=arm64`,
    `${RANGE}&function=fails-${SEED}`,
  ],
};
const single: string[] = [];

/** The answer, or the list of rows of an export; a report as its text. */
async function bodyOf(answer: Response): Promise<unknown> {
  if (answer.headers.get('content-type')?.startsWith('text/html') === true) return answer.text();
  if (answer.headers.get('content-type')?.includes('ndjson') !== true) return answer.json();
  const rows = (await answer.text()).split('\n').filter((row) => row !== '');
  return rows.map((row): unknown => JSON.parse(row));
}

async function compared(address: string): Promise<void> {
  const [left, right] = await Promise.all([sqlite.fetch(address), clickhouse.fetch(address)]);
  const [expected, found] = [await bodyOf(left), await bodyOf(right)];
  expect(left.status, `${address}: ${JSON.stringify(expected).slice(0, 300)}`).toBe(200);
  expect(right.status, `${address}: ${JSON.stringify(found).slice(0, 500)}`).toBe(200);
  expect(withoutIds(inOrder(address, found)), address).toEqual(withoutIds(inOrder(address, expected)));
}

/** `prepare` returns a product on ClickHouse with the same data as the SQLite product. */
export function describeConformance(prepare: (given: Conformance) => Promise<TestProduct>): void {
  beforeAll(async () => {
    const now = () => nowMs;
    sqlite = await startProduct({ now });
    started.push(sqlite);
    await feed(sqlite, null);
    const documented = await newest(sqlite);
    clickhouse = await prepare({ now, sqlite, feed: (product) => feed(product, documented) });
    started.push(clickhouse);
    const [run, other] = (await sqlite.json<{ items: { id: string }[] }>('/api/v1/load-tests')).items;
    requested['/api/v1/load-tests/compare'] = [`before=${run?.id}&after=${other?.id}`];
    const requests = documented.slice(0, 5).map((one) => one.requestId);
    for (const id of requests) expect((await sqlite.fetch(`/api/v1/invocations/${id}`)).status).toBe(200);
    single.push(...requests.map((id) => `/api/v1/invocations/${id}`));
  }, 300_000);
  afterAll(async () => {
    for (const product of started) {
      await product.close();
      removeFolder(product.folder);
    }
  });

  describe('every query', () => {
    test.each(paths)('%s', async (path, schema) => {
      const usual = [RANGE, ...(path.includes('/functions/') ? [LONG, `${RANGE}&memoryMb=1024`] : [])].filter(
        (query) => schema?.safeParse(Object.fromEntries(new URLSearchParams(query))).success,
      );
      const queries = requested[path] ?? (usual.length === 0 ? [''] : usual);
      for (const query of queries) await compared(`${path}?${query}`);
    });

    test('single invocations and traces', async () => {
      expect(single).toHaveLength(5);
      for (const path of single) await compared(path);
      for (const at of [0, 7, 31]) {
        await compared(`/api/v1/traces/1-${(0x65000000 + at).toString(16)}-${at.toString(16).padStart(24, '0')}`);
      }
    });

    test('exported rollups', async () => {
      const rollups = async (product: TestProduct, query: string): Promise<readonly unknown[]> =>
        (await (await product.fetch(`/api/v1/export/rollups?${RANGE}${query}&format=ndjson`)).text())
          .trimEnd()
          .split('\n')
          .map((line) => withoutIds(JSON.parse(line)));
      for (const query of ['', '&interval=1d', `&function=fails-${SEED}`, '&memoryMb=1024']) {
        const expected = await rollups(sqlite, query);
        expect(expected.length).toBeGreaterThan(0);
        expect(await rollups(clickhouse, query)).toEqual(expected);
      }
    });

    test('pages of invocations', async () => {
      const pages = async (product: TestProduct): Promise<readonly string[]> => {
        const seen: string[] = [];
        let cursor: string | null = '';
        while (cursor !== null) {
          const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
          const page: { items: { requestId: string; endedAt: string }[]; nextCursor: string | null } =
            await product.json(`/api/v1/invocations?${RANGE}&limit=37${after}`);
          seen.push(...page.items.map((one) => `${one.endedAt} ${one.requestId}`));
          cursor = page.nextCursor;
        }
        return seen.toSorted();
      };
      const [expected, found] = [await pages(sqlite), await pages(clickhouse)];
      expect(expected.length).toBeGreaterThan(200);
      expect(found).toEqual(expected);
    });

    test.each([
      'sum by (function, version) (increase(thermocline_invocations_total[30m]))',
      'sum by (type) (increase(thermocline_failures_total[1h]))',
      'histogram_quantile(0.9, sum by (le, kind) (increase(thermocline_init_duration_seconds_bucket[1h])))',
      'sum by (memory_mb) (increase(thermocline_cost_usd_total{region=~"eu-.+"}[1h]))',
      'thermocline_function_info',
      'thermocline_function_tags{tag_team!=""}',
      'sum by (function, cause) (increase(thermocline_cold_start_causes_total[1h]))',
    ])('PromQL: %s', async (query) => {
      const times = `start=${(TO - 3 * HOUR) / 1000}&end=${TO / 1000}&step=10m`;
      await compared(`/prometheus/api/v1/query_range?${times}&query=${encodeURIComponent(query)}`);
    });

    test.each([
      { metric: 'invocations', groupBy: ['function', 'memoryMb'] },
      { metric: 'durationMs', groupBy: ['function'], aggregations: ['p50', 'p99'] },
      { metric: 'initMs', groupBy: [] },
      { metric: 'coldStartMs', groupBy: ['version'] },
      { metric: 'costUsd', groupBy: ['architecture', 'vpc'], filters: [{ field: 'memoryMb', op: '!=', value: 128 }] },
      { metric: 'maxMemoryUsedMb', groupBy: ['function'] },
      { metric: 'costUsd', groupBy: ['tag.team', 'tag.tier'] },
      { metric: 'errorRate', groupBy: ['tag.team'], filters: [{ field: 'tag.team', op: '!=', value: 'shop' }] },
      { metric: 'throttles', groupBy: ['function'] },
      {
        metric: 'custom',
        custom: { namespace: 'Shop', name: 'Orders', groupBy: ['service'] },
        groupBy: [],
        aggregations: ['sum', 'p50'],
      },
    ])('structured: %j', async (query) => {
      const body = JSON.stringify({
        from: new Date(TO - 3 * HOUR).toISOString(),
        to: new Date(TO).toISOString(),
        ...query,
      });
      const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
      const [left, right] = [await sqlite.fetch('/api/v1/query', post), await clickhouse.fetch('/api/v1/query', post)];
      const [expected, found] = [await left.json(), await right.json()];
      expect(left.status, JSON.stringify(expected)).toBe(200);
      expect(withoutIds(found)).toEqual(withoutIds(expected));
    });
  });
}
