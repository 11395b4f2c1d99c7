/** A genuine client of Prometheus (promtool) queries a running server, with basic authentication. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillStore } from '../../bench/fill-store.ts';
import { HOUR_MS } from '../../ingest/records/time.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, memoryFolder, removeFolder, startServer } from '../support/product.ts';
import { promtool } from '../support/prometheus.ts';

const dist = new URL('../../dist/', import.meta.url);
const folder = memoryFolder();
const TO_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
let server: RunningServer;

beforeAll(async () => {
  const folders = { migrations: new URL('../migrations/sqlite', dist).pathname, workers: new URL('workers/', dist) };
  await fillStore(folder, { size: 10_000, functions: 3, days: 1, toMs: TO_MS }, folders);
  server = await startServer(folder);
});
afterAll(async () => {
  await server.stop();
  removeFolder(folder);
});

async function query(kind: string, ...args: readonly string[]): Promise<string> {
  const { host } = new URL(server.url);
  const url = `http://grafana:${ADMIN}@${host}/prometheus`;
  const [flags, rest] = [args.filter((one) => one.startsWith('--')), args.filter((one) => !one.startsWith('--'))];
  const { stdout } = await promisify(execFile)(promtool, ['query', kind, ...flags, url, ...rest]);
  return stdout;
}

test('promtool reads values, ranges, series and labels', async () => {
  expect(await query('instant', '1 + 1')).toMatch(/^scalar: 2 @\[/);
  const sum = 'sum by (function) (increase(thermocline_invocations_total[1d]))';
  const values = await query('instant', `--time=${TO_MS / 1000}`, sum);
  const counts = [...values.matchAll(/\{function="service-\d+"\} => ([\d.]+)/g)].map(([, n]) => Number(n));
  expect(counts).toHaveLength(3);
  expect(counts.reduce((total, n) => total + n, 0)).toBeCloseTo(10_000, 6);
  const times = [`--start=${(TO_MS - HOUR_MS) / 1000}`, `--end=${TO_MS / 1000}`];
  expect((await query('range', ...times, '--step=5m', sum)).match(/ @\[/g)).toHaveLength(3 * 13);
  const match = '--match=thermocline_invocations_total';
  expect((await query('series', match, ...times)).trim().split('\n')).toHaveLength(3);
  expect(await query('labels', ...times, 'function')).toBe('service-000\nservice-001\nservice-002\n');
});

test('promtool shows what is not supported', async () => {
  await expect(query('instant', 'absent(x)')).rejects.toThrow('the function absent is not supported');
});
