/** Several processes on one engine: acknowledged events are stored once, whichever process is killed. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import { pause } from '../support/drill.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../support/product.ts';
import { Senders } from '../support/senders.ts';

const KILLS = Number(process.env['DRILL_KILLS'] ?? 6);
const PER_REQUEST = 50;
let engine: TestClickHouse;
let server: RunningServer;
const folder = temporaryFolder();
let environment: Record<string, string>;
let token = '';

beforeAll(async () => {
  engine = await startClickHouse();
  environment = { ...engine.settings };
  server = await startServer(folder, environment);
  const created = await fetch(`${server.url}/api/v1/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'senders', scope: 'ingest' }),
  });
  token = ((await created.json()) as { token: string }).token;
});
afterAll(async () => {
  await server.stop();
  removeFolder(folder);
  await engine.close();
});

const ingester = (): Promise<RunningServer> =>
  startServer(temporaryFolder(), environment, { command: 'ingest', ready: /listening on (http:\S+)/ });

test('an ingest worker accepts only ingest tokens of the server and serves no queries', async () => {
  const one = await ingester();
  // The server publishes tokens within seconds.
  await expect.poll(() => new Senders(1, { key: token }).send(one.url)).toBe(200);
  expect(await new Senders(1, { key: ADMIN }).send(one.url)).toBe(401);
  expect((await fetch(`${one.url}/readyz`)).status).toBe(200);
  const asked = await fetch(`${one.url}/api/v1/overview`, { headers: { authorization: `Bearer ${ADMIN}` } });
  expect(asked.status).toBe(404);
  await one.stop();
});

test(`${KILLS} kills among two ingest and two attribution workers lose and duplicate nothing`, async () => {
  await engine.client.command({ query: 'TRUNCATE TABLE invocation_fact' });
  const senders = new Senders(PER_REQUEST, { key: token, fromMs: Date.UTC(2026, 10, 21) });
  const ingesters = [await ingester(), await ingester()];
  const derive = (): Promise<RunningServer> =>
    startServer(temporaryFolder(), environment, { command: 'derive', ready: /(attribution worker started)/ });
  let deriver = await derive();
  let over = false;
  const sending = ingesters.map((_, at) =>
    (async () => {
      while (!over) {
        const url = ingesters[at]?.url;
        if (url === undefined || (await senders.send(url)) !== 200) await pause(50);
      }
    })(),
  );
  for (let kill = 0; kill < KILLS; kill += 1) {
    await pause(1500);
    if (kill % 3 === 2) {
      await deriver.stop('SIGKILL');
      deriver = await derive();
      continue;
    }
    const at = kill % 2;
    await ingesters[at]?.stop('SIGKILL');
    ingesters[at] = await ingester();
  }
  await pause(500);
  over = true;
  await Promise.all(sending);
  for (const one of [...ingesters, deriver]) await one.stop();
  const acknowledged = new Set(
    senders.acked.flatMap(({ first }) => Array.from({ length: PER_REQUEST }, (_, n) => first + n)),
  );
  expect(acknowledged.size).toBeGreaterThan(PER_REQUEST * KILLS);
  const [rows] = await engine.rows<{ n: string; ids: string }>(
    'SELECT uniqExact(function_id, end_ms, request_id, stream_id) AS n, uniqExact(request_id) AS ids FROM invocation_fact',
  );
  expect(rows?.n).toBe(rows?.ids);
  const stored = await engine.rows<{ id: string }>('SELECT DISTINCT request_id AS id FROM invocation_fact');
  const known = new Set(stored.map((row) => row.id));
  const lost = [...acknowledged].filter((n) => !known.has(senders.requestIdOf(n)));
  expect(lost).toEqual([]);
  // The server also attributes; in the end the rollups count each invocation once.
  const counted = async (): Promise<number> => {
    const range = `from=${Date.UTC(2026, 10, 20)}&to=${Date.UTC(2026, 10, 24)}`;
    const answer = await fetch(`${server.url}/api/v1/functions?${range}`, {
      headers: { authorization: `Bearer ${ADMIN}` },
    });
    const { items } = (await answer.json()) as { items: { invocations: number }[] };
    return items.reduce((sum, item) => sum + item.invocations, 0);
  };
  await expect.poll(counted, { interval: 1000 }).toBe(known.size);
}, 600_000);
