import { getEventListeners } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from '@clickhouse/client';
import { expect, test, vi } from 'vitest';
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
