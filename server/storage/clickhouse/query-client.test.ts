import { getEventListeners } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient, TupleParam } from '@clickhouse/client';
import { expect, test, vi } from 'vitest';
import { connect } from './connection.ts';
import { ClickHouseQueryClient } from './query-client.ts';

const OPTIONS = { url: '', user: '', password: '', database: '', cluster: null, requestTimeoutMs: 600_000 };

test('many queries of one request are no warning of a leak, and leave no listener', async () => {
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end('{"data":[],"meta":[],"rows":0}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const raw = createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  try {
    const { signal } = new AbortController();
    const client = new ClickHouseQueryClient(raw, OPTIONS).onBehalfOf({ signal });
    const queries = Array.from({ length: 20 }, (_, at) => client.all(`SELECT ${at}`));
    await Promise.all(queries);
    expect(warned).not.toHaveBeenCalled();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  } finally {
    warned.mockRestore();
    await raw.close();
    server.closeAllConnections();
    server.close();
  }
});

test('long lists are part of the statement, since ClickHouse limits parameters; short ones and other values are bound', async () => {
  const asked: { url: URL; body: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ url: new URL(request.url ?? '', 'http://server'), body: Buffer.concat(chunks).toString() });
      response.end('');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const raw = connect({ ...OPTIONS, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  try {
    const client = new ClickHouseQueryClient(raw, OPTIONS);
    const query =
      'SELECT {n:UInt8} FROM t WHERE id IN {ids:Array(UInt64)} AND (a, b) IN {pairs:Array(Tuple(UInt64, String))}';
    const pairs = [new TupleParam([1, "it's"])];
    await client.all(query, { n: 7, ids: [1, 2], pairs });
    expect(asked[0]?.url.searchParams.get('param_ids')).toBe('[1,2]');
    expect(asked[0]?.body).toContain('id IN {ids:Array(UInt64)} AND');

    const ids = Array.from({ length: 10_000 }, (_, at) => 9_007_199_254_740_991 - at);
    await client.all(query, { n: 7, ids, pairs });
    const [, { url, body } = { url: new URL('http://none'), body: '' }] = asked;
    expect([...url.searchParams.keys()].filter((name) => name.startsWith('param_'))).toEqual(['param_n']);
    // Quotes are escaped in the tuple, and again in the text that holds it.
    const tuple = String.raw`CAST('[(1,\'it\\\'s\')]', 'Array(Tuple(UInt64, String))')`;
    expect(body).toMatch(/^SELECT \{n:UInt8\} FROM t WHERE id IN CAST\('\[9007199254740991,9007199254740990,/);
    expect(body).toContain(`9007199254730992]', 'Array(UInt64)') AND (a, b) IN ${tuple}`);
    // Twice the length that ClickHouse parses by default is not too long.
    expect(Number(url.searchParams.get('max_query_size'))).toBeGreaterThan(2 * 262_144);
  } finally {
    await raw.close();
    server.closeAllConnections();
    server.close();
  }
});
