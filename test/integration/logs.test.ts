/** `GET /api/v1/logs`: search of what was just received and of what is packed. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { LogsAnswer } from '../../server/http/contract/logs.ts';
import { message, record, requestId, send } from '../support/firehose.ts';
import { eventsOf } from '../support/log-events.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const clock = { ms: AT };
const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';
let product: TestProduct;

const events = (lines: readonly string[]) => eventsOf(lines.map((text, at) => [AT + at, text]));

const HOSTILE = [
  '\u0000\u001b[2J\u001b]0;owned\u0007 needle',
  '\u202egnp.exe\u2066 needle',
  '<script>alert("needle")</script>',
  `needle ${'y'.repeat(1_000_000)}`,
  '{"level":"ERROR","text":"needle","__proto__":{"x":1}}',
];

beforeAll(async () => {
  product = await startProduct({ now: () => clock.ms });
  await send(product, [record(message(events(HOSTILE), { logStream: STREAM }))]);
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

const search = (q: string, more = ''): Promise<LogsAnswer> =>
  product.json<LogsAnswer>(`/api/v1/logs?q=${encodeURIComponent(q)}&from=${AT - 1000}&to=${AT + 100_000}${more}`);

test('finds hostile lines as they are, and cuts long ones', async () => {
  const before = await search('needle');
  expect(before.items.map((item) => item.message)).toEqual(HOSTILE.toReversed().map((text) => text.slice(0, 16_384)));
  expect(before.items[1]).toMatchObject({ messageChars: HOSTILE[3]?.length, level: null, source: 'function' });
  expect(before.items[0]).toMatchObject({
    level: 'error',
    function: { id: '111122223333::edge', name: 'edge' },
    logStream: STREAM,
    timestamp: new Date(AT + 4).toISOString(),
  });
  expect(before).toMatchObject({
    nextCursor: null,
    search: { endedAt: null, damagedBlocks: 0, rebuildingBlocks: 0 },
    kept: { lines: 'all', deleted: [] },
  });
  clock.ms += 120_000;
  while (await product.store.lines.pack());
  expect((await search('needle')).items).toEqual(before.items);
  expect((await search('level:error needle', '&function=edge')).items).toHaveLength(1);
});

test('pages follow each other', async () => {
  const first = await search('needle', '&limit=3');
  const second = await search('needle', `&limit=3&cursor=${first.nextCursor}`);
  expect([...first.items, ...second.items]).toEqual((await search('needle')).items);
  expect(second.nextCursor).toBeNull();
});

test.each([
  ['q=%22open', 'q', 'expected a closing quote for this one (at character 1)'],
  // Characters of the query: a, blank, slash, parenthesis.
  ['q=a%20/(b/', 'q', /^regular expression: .*missing closing \): `\(b` \(at character 4\)$/],
  ['cursor=x', 'cursor', /^cursor: /],
  ['limit=201', 'limit', /./],
])('%s is refused', async (query, field, expected) => {
  const response = await product.fetch(`/api/v1/logs?${query}`);
  expect(response.status).toBe(400);
  const problem = (await response.json()) as { errors: { field: string; message: string }[] };
  expect(problem.errors[0]?.field).toBe(field);
  expect(problem.errors[0]?.message).toMatch(expected);
});

test('a function that is not stored, and a request that is', async () => {
  expect((await product.fetch('/api/v1/logs?function=nobody')).status).toBe(404);
  const start = `START RequestId: ${requestId(9)} Version: $LATEST\n`;
  await send(product, [record(message(events([start]), { logStream: STREAM }))]);
  expect((await search(`request:${requestId(9)}`)).items).toMatchObject([
    { message: start, source: 'platform', requestId: requestId(9) },
  ]);
});

test('an export holds all lines of the search, whole', async () => {
  const range = `from=${AT - 1000}&to=${AT + 100_000}`;
  const exported = async (more: string): Promise<{ message: string; function: string }[]> => {
    const response = await product.fetch(`/api/v1/logs/export?${range}&q=needle${more}`);
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    return (await response.text())
      .split('\n')
      .filter(Boolean)
      .map((row) => JSON.parse(row));
  };
  expect((await exported('')).map((row) => row.message)).toEqual(HOSTILE.toReversed());
  expect((await exported('&limit=2')).map((row) => row.message)).toEqual(HOSTILE.toReversed().slice(0, 2));
  await send(product, [
    record(
      message(events(Array.from({ length: 250 }, (_, at) => `pin ${at}`)), {
        logStream: STREAM,
        logGroup: '/aws/lambda/many',
      }),
    ),
  ]);
  // Each page of an export reads the blocks of the range again.
  const { readsFor } = product.store;
  const questions: string[] = [];
  const reads = vi.spyOn(product.store, 'readsFor').mockImplementation((requester) => {
    const given = readsFor.call(product.store, requester);
    const readPacked: typeof given.readPacked = (question, query) => {
      questions.push(question);
      return given.readPacked(question, query);
    };
    return { ...given, readPacked };
  });
  const many = await product.fetch(`/api/v1/logs/export?${range}&q=pin`);
  expect((await many.text()).trimEnd().split('\n')).toHaveLength(250);
  expect(questions).toEqual(['logs']);
  reads.mockRestore();
  expect((await product.fetch(`/api/v1/logs/export?${range}&q=(a`)).status).toBe(400);
});
