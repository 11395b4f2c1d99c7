/** Nearly valid requests to the API: the examples of the contract, with a few values changed. */
import { examples } from '../../server/http/contract/examples/examples.generated.ts';
import type { Example, RouteDeclaration } from '../../server/http/contract/route.ts';
import { routes } from '../../server/http/contract/routes.generated.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface FuzzedRequest {
  readonly operationId: string;
  readonly route: RouteDeclaration;
  readonly params: Json;
  readonly query: Json;
  readonly body: unknown;
}

/** Positions of lists that count their rows, and of those of imported results. */
const SEQUENCE = [{ query: { cursor: '17', limit: '3' } }];
const IMPORTED = [{ query: { cursor: '1795888751426-0123456789abcdef0123456789abcdef' } }];

/** Further beginnings: forms that no example has. */
const SEEDS: Readonly<Partial<Record<keyof typeof routes, readonly Partial<Example>[]>>> = {
  listInvocations: [
    {
      query: {
        cursor: Buffer.from('[1795888751426,1,1,"00000000-0000-4000-8000-000000000000"]').toString('base64url'),
      },
    },
    { query: { cursor: '', from: 'now-1h', to: 'now+1h', memoryMb: '128', status: 'error' } },
  ],
  listDeadLetters: SEQUENCE,
  listAuditLog: SEQUENCE,
  listInventory: SEQUENCE,
  listDeliveries: SEQUENCE,
  listAlertHistory: SEQUENCE,
  listTuningRuns: IMPORTED,
  listLoadTests: IMPORTED,
  runQuery: [
    { body: { metric: 'errorRate', aggregations: ['value'], groupBy: ['function', 'version'], interval: '5m' } },
    { body: { metric: 'costUsd', filters: [{ field: 'version', op: 'not-in', value: ['1', null, 2, true] }] } },
    { body: { metric: 'initMs', aggregations: ['p99.99', 'count'], orderBy: { by: 'function', direction: 'asc' } } },
  ],
  saveAlertRule: [
    { body: { name: 'x', signal: { kind: 'burnRate', objective: 0.999, shortWindow: '5m' }, threshold: 14 } },
    {
      body: {
        name: 'x',
        signal: { kind: 'anomaly', metric: 'durationMs', aggregation: 'p99', weeks: 2 },
        threshold: 3,
      },
    },
    { body: { name: 'x', signal: { kind: 'connectionUse', functions: ['f'], maxConnections: 10 }, threshold: 0.8 } },
  ],
};

/** Operations that end the session, the password or the server's data: they are never sent to a running server. */
const ENDING =
  /^(?:sign|delete|end|rotate|revoke|set.*Password|.*[Ss]ession|restore|run.*Backup|.*Backup|ingest|checkFirehose)/;

const OPERATIONS = Object.entries<RouteDeclaration>(routes);
/** Operations that take something and can be repeated. */
const REPEATABLE = OPERATIONS.filter(
  ([id, { stream, method }]) => stream !== 'events' && method !== 'delete' && !ENDING.test(id),
);

const ODD: readonly unknown[] = [
  ...[null, true, 0, -0, -1, 0.5, 1e-7, 1e300, 2 ** 53, -(2 ** 63), 8.64e15 + 1],
  ...['', ' ', '\u0000', '\ud800', '__proto__', 'constructor', 'now-999999w', '2026-02-30', '0000-01-01T00:00:00Z'],
  ...['p100', 'p0', 'p99.999', '1h30m', '0s', '99999999d', '-1m', '(a+)+$', '[', '%', 'é'.repeat(300), '9'.repeat(400)],
  ...[[], [[]], [null], {}, { constructor: 1 }, { kind: 'metric' }],
];

type Draw = () => number;
const pick = <T>(list: readonly T[], draw: Draw): T | undefined => list[Math.floor(draw() * list.length)];

function seedsOf(operationId: string): readonly Partial<Example>[] {
  return Object.entries(SEEDS).find(([id]) => id === operationId)?.[1] ?? [];
}

/** `repeatable`: only operations that can be repeated on a running server. */
export function fuzzedRequest(draw: Draw, repeatable: boolean): FuzzedRequest {
  const [operationId, route] = pick(repeatable ? REPEATABLE : OPERATIONS, draw) ?? ['x', OPERATIONS[0]?.[1]];
  if (route === undefined) throw new Error('no operations');
  const example = (examples as Readonly<Record<string, Example>>)[operationId];
  const seed = draw() < 0.5 ? pick(seedsOf(operationId), draw) : undefined;
  let document: unknown = { params: example?.params ?? {}, query: example?.query ?? {}, body: example?.body, ...seed };
  const changes = 1 + Math.floor(draw() * 4);
  for (let n = 0; n < changes; n += 1) document = changed(document, draw, 0);
  const { params, query, body } = (isObject(document) ? document : {}) as {
    params?: unknown;
    query?: unknown;
    body?: unknown;
  };
  return { operationId, route, params: isObject(params) ? params : {}, query: isObject(query) ? query : {}, body };
}

/** A copy with one value changed, at any depth. */
function changed(value: unknown, draw: Draw, depth: number): unknown {
  const inner = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (inner.length > 0 && (depth === 0 || draw() < 0.75)) {
    const key = pick(inner, draw) ?? '';
    if (Array.isArray(value)) return changedList(value, Number(key), draw, depth);
    return changedObject(value as Json, key, draw, depth);
  }
  if (typeof value === 'string' && draw() < 0.5) return changedText(value, draw);
  if (typeof value === 'number' && draw() < 0.5)
    return pick([-value, value * 1e9, value + 0.5, String(value), 1 / value], draw);
  return draw() < 0.1 ? [value] : pick(ODD, draw);
}

function changedList(list: readonly unknown[], at: number, draw: Draw, depth: number): unknown {
  const kind = draw();
  if (kind < 0.1) return list.toSpliced(at, 1);
  if (kind < 0.3) return Array.from({ length: 1 + Math.floor(draw() * 600) }, () => list[at]);
  return list.with(at, changed(list[at], draw, depth + 1));
}

function changedObject(object: Json, key: string, draw: Draw, depth: number): unknown {
  const kind = draw();
  if (kind < 0.06 && depth > 0) return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
  if (kind < 0.12 && depth > 0)
    return { ...object, [pick(['x', '__proto__', 'toString', ''], draw) ?? 'x']: object[key] };
  return { ...object, [key]: changed(object[key], draw, depth + 1) };
}

function changedText(text: string, draw: Draw): string {
  const at = Math.floor(draw() * (text.length + 1));
  const odd = String(pick(['\u0000', '\ud800', '%', '0', '9', '-', '.', ':', ' ', 'é', '"', "'", '\n', 'A'], draw));
  if (draw() < 0.3) return text.slice(0, at) + text.slice(at + 1);
  return text.slice(0, at) + odd.repeat(draw() < 0.1 ? 5000 : 1) + text.slice(at);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The address of a request; text that is not well formed is sent as the bytes that a client would need for it. */
export function addressOf({ route, params, query }: FuzzedRequest): string {
  const encode = (value: unknown): string => {
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    return text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80';
  };
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => encode(params[name] ?? 'x').slice(0, 4000));
  const search = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value).slice(0, 4000)}`);
  return search.length === 0 ? path : `${path}?${search.join('&')}`;
}
