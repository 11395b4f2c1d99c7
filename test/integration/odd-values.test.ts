/** No value of a parameter or field makes the server fail: each declared route answers odd values with less than 500. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { examples } from '../../server/http/contract/examples/examples.generated.ts';
import type { Example, RouteDeclaration } from '../../server/http/contract/route.ts';
import { routes } from '../../server/http/contract/routes.generated.ts';
import { invocation, message, record, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, removeFolder, startProduct } from '../support/product.ts';

let product: TestProduct;

beforeAll(async () => {
  // Passwords are hashed with 1 MiB: it takes a hundredth of the CPU time.
  product = await startProduct({ capacity: { hashKib: 1024 } });
  await send(product, [record(message(Array.from({ length: 50 }, (_, n) => invocation(n + 1)).flat()))]);
});
afterAll(async () => {
  product.endStreams();
  await product.close();
  removeFolder(product.folder);
});

/** A token to rotate: an unknown one would end at 404. */
async function newToken(): Promise<string> {
  const { id } = await product.json<{ id: string }>('/api/v1/tokens', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'x', scope: 'read' }),
  });
  return id;
}

/** Values of query and path parameters: numbers, times, names and bytes at and beyond what the forms can carry. */
const TEXTS = [
  '',
  ' ',
  '0',
  '-1',
  '-0',
  '1e-7',
  '1e3',
  '1e309',
  '0x10',
  '0.5',
  '1,5',
  'NaN',
  'Infinity',
  '9007199254740993',
  '9223372036854775808',
  '99999999999999999999999999',
  '8640000000000001',
  '999999999999999',
  'now-999999w',
  'now+999999w',
  '-271821-04-20T00:00:00Z',
  '+275760-09-13T00:00:00.001Z',
  '2026-02-30',
  '2026-13-01T25:61:61Z',
  '0000-00-00',
  '12:34:56:78',
  '::',
  'null',
  '[]',
  '%',
  '\u0000',
  '\ud800',
  "';--",
  '../..',
  'xn--',
  'é'.repeat(300),
  '9'.repeat(400),
];

/** Values of JSON fields. */
const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -0,
  -1,
  0.5,
  1e-7,
  1e-300,
  1e300,
  2 ** 53,
  -(2 ** 63),
  8.64e15 + 1,
  '',
  '\u0000',
  '\ud800',
  '1e-7',
  'now-999999w',
  '-271821-04-20T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '(((((a+)+)+)+)+$',
  'x'.repeat(5000),
  [],
  [[]],
  [null],
  {},
  { __proto__: null, constructor: 1 },
];

type Json = Readonly<Record<string, unknown>>;
const everything: readonly (readonly [string, RouteDeclaration])[] = [...Object.entries<RouteDeclaration>(routes)];

/** Names of the top-level fields that a schema accepts. */
function fieldsOf(schema: z.ZodType | undefined): readonly string[] {
  if (schema === undefined) return [];
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return Object.keys(properties);
}

/** The paths of all values in a document. */
function pathsOf(value: unknown, at: readonly string[] = []): readonly (readonly string[])[] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [at, ...inner.flatMap(([key, one]) => pathsOf(one, [...at, key]))];
}

/** A copy of the document with the value at the path replaced. */
function replaced(document: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const copy = Array.isArray(document) ? [...document] : { ...(document as Json) };
  Object.assign(copy, { [key]: replaced((document as Json)[key], rest, value) });
  return copy;
}

function addressOf(path: string, params: Json, query: Json): string {
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => {
    const text = String(params[name] ?? 'x');
    return text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80';
  });
  const search = Object.entries(query).map(([name, value]) => {
    const text = String(value);
    return `${name}=${text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80'}`;
  });
  return search.length === 0 ? filled : `${filled}?${search.join('&')}`;
}

async function statusOf(route: RouteDeclaration, address: string, body?: unknown): Promise<string | null> {
  const response = await product.app.request(address, {
    method: route.method.toUpperCase(),
    headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = response.headers.get('content-type')?.includes('event-stream') === true ? '' : await response.text();
  await response.body?.cancel().catch(() => undefined);
  return response.status < 500 ? null : `${response.status} ${text.slice(0, 200)}`;
}

/**
 * Of so many values that a schema refuses, one is sent: none reaches the handler of its route, and all routes refuse in the same code.
 * Values that are accepted are all sent.
 */
const OF_REFUSED = 9;

/** Parameters that may be repeated. */
const LISTED = new Set(['tag']);

const isAccepted = (schema: z.ZodType | undefined, value: unknown): boolean =>
  schema === undefined || schema.safeParse(value).success;

/** Whether the route's schema accepts a query with this text. Texts that no address can carry, and queries that Prometheus reads, count as accepted. */
function isQueryAccepted(route: RouteDeclaration, query: Json, name: string, text: string): boolean {
  if (route.tag === 'Prometheus' || !text.isWellFormed()) return true;
  const given = Object.fromEntries(Object.entries(query).map(([key, value]) => [key, String(value)]));
  return isAccepted(route.query, { ...given, [name]: LISTED.has(name) ? [text] : text });
}

test.each(everything)('%s', async (operationId, route) => {
  const {
    params = {},
    query = {},
    body,
  } = ((examples as Readonly<Record<string, Example>>)[operationId] ?? {}) as {
    params?: Json;
    query?: Json;
    body?: unknown;
  };
  // The function that is stored, so that handlers do not end at an unknown one.
  const known = route.path.startsWith('/api/v1/functions/:id') ? { ...params, id: 'edge' } : params;
  const isRotation = operationId === 'rotateToken';
  const faults: string[] = [];
  // Each route begins with another of the values.
  let refused = everything.findIndex(([id]) => id === operationId);
  const look = async (isRead: boolean, address: string, sent: unknown, what: string): Promise<void> => {
    if (!isRead) {
      refused += 1;
      if (refused % OF_REFUSED !== 0) return;
    }
    const fault = await statusOf(route, address, sent);
    if (fault !== null) faults.push(`${what}: ${fault}`);
  };
  for (const name of fieldsOf(route.query)) {
    for (const text of TEXTS) {
      const address = addressOf(route.path, known, { ...query, [name]: text });
      await look(isQueryAccepted(route, query, name, text), address, body, `${name}=${JSON.stringify(text)}`);
    }
  }
  for (const [, name = ''] of route.path.matchAll(/:(\w+)/g)) {
    for (const text of TEXTS) {
      const given = { ...params, [name]: text };
      const isRead = !text.isWellFormed() || isAccepted(route.params, given);
      await look(isRead, addressOf(route.path, given, query), body, `${name}=${JSON.stringify(text)}`);
    }
  }
  if (body !== undefined) {
    const further = fieldsOf(route.body).map((name) => [name]);
    const paths = [...pathsOf(body), ...further.filter(([name = '']) => !(name in (body as Json)))];
    for (const path of paths) {
      for (const value of VALUES) {
        const sent = replaced(body, path, value);
        const isRead = isAccepted(route.body, JSON.parse(JSON.stringify(sent) ?? 'null'));
        await look(
          isRead,
          addressOf(route.path, isRotation ? { id: await newToken() } : known, query),
          sent,
          `${path.join('.')}=${JSON.stringify(value)?.slice(0, 60)}`,
        );
      }
    }
  }
  expect(faults).toEqual([]);
});

/** Routes whose query a schema reads, with a value for each required parameter. */
const queried = everything.flatMap(([operationId, route]) =>
  // Prometheus takes the first of several, and lists of some.
  (route.tag === 'Prometheus' ? [] : fieldsOf(route.query))
    .filter((name) => !LISTED.has(name))
    .map((name) => [`${operationId} ${name}`, operationId, route, name] as const),
);

test.each(queried)('a parameter that appears twice is refused, and named: %s', async (_, operationId, route, name) => {
  const { params = {}, query = {} } = ((examples as Readonly<Record<string, Example>>)[operationId] ?? {}) as {
    params?: Json;
    query?: Json;
  };
  const value = encodeURIComponent(String(query[name] ?? 'x'));
  const address = addressOf(route.path, params, { ...query, [name]: query[name] ?? 'x' });
  const response = await product.app.request(`${address}&${name}=${value}`, {
    method: route.method.toUpperCase(),
    headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
    ...(route.method === 'get' ? {} : { body: '{}' }),
  });
  expect([response.status, await response.text()]).toEqual([400, expect.stringMatching(`${name}.*appears twice`)]);
});

test.each([['expiresInDay'], ['__proto__'], ['expires'], ['Scope'], ['constructor'], ['expiresAt']])(
  'a token is not created with the unknown field %s',
  async (field) => {
    const made = await product.fetch('/api/v1/tokens', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'x', scope: 'read', [field]: 1 }),
    });
    expect(made.status).toBe(400);
    expect(await made.text()).toContain(field);
  },
);

test.each([
  ['{"name":"twice","scope":"read","scope":"admin"}', 'scope'],
  ['{"name":"twice","scope":"admin","\\u0073cope":"read"}', 'scope'],
  ['{"name":"twice","name":"twice","scope":"read"}', 'name'],
])('a token is not created from a body that names a field twice: %s', async (body, field) => {
  const made = await product.fetch('/api/v1/tokens', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect([made.status, await made.json()]).toMatchObject([400, { errors: [{ field, message: 'appears twice' }] }]);
  expect(await (await product.fetch('/api/v1/tokens')).text()).not.toContain('twice');
});
