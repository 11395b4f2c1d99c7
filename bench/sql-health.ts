/**
 * npm run bench:sql — measures how long `/healthz` takes beside two queries in SQL that never end, and without them, in turns.
 * Times are wall time, so the load of the machine is printed with them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOUR_MS } from '../ingest/records/time.ts';
import { fillStore } from './fill-store.ts';
import { startServer, TOKEN } from './server.ts';

const REQUESTS = 2000;
const ROUNDS = 3;
const MOST_P99_MS = 50;
const FOREVER = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n';

const data = mkdtempSync(join(tmpdir(), 'thermocline-sql-health-'));
try {
  await main();
} finally {
  rmSync(data, { recursive: true, force: true });
}

async function main(): Promise<void> {
  await fillStore(data, { size: 20_000, functions: 20, days: 3, toMs: Math.floor(Date.now() / HOUR_MS) * HOUR_MS });
  const server = await startServer(data);
  const worst: number[] = [];
  try {
    await times(server.url);
    for (let round = 0; round < ROUNDS; round += 1) {
      say('without queries', await times(server.url));
      const leaving = new AbortController();
      const queries = [1, 2].map(() => endless(server.url, leaving.signal));
      // Until their processes run.
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const beside = await times(server.url);
      leaving.abort();
      await Promise.all(queries);
      say('beside two queries', beside);
      worst.push(quantile(beside, 0.99));
    }
  } finally {
    await server.stop();
  }
  const most = Math.max(...worst);
  process.stdout.write(`largest p99 beside two queries: ${most.toFixed(1)} ms, expected at most ${MOST_P99_MS} ms\n`);
  if (most > MOST_P99_MS) process.exitCode = 1;
}

/** Runs a query until its client leaves. */
async function endless(url: string, signal: AbortSignal): Promise<void> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  await fetch(`${url}/api/v1/sql`, { method: 'POST', headers, body: JSON.stringify({ sql: FOREVER }), signal }).catch(
    () => undefined,
  );
}

async function times(url: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (let n = 0; n < REQUESTS; n += 1) {
    const began = performance.now();
    await (await fetch(`${url}/healthz`)).text();
    found.push(performance.now() - began);
  }
  return found.toSorted((a, b) => a - b);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function say(what: string, sorted: readonly number[]): void {
  const figures = [0.5, 0.99, 1].map((share) => quantile(sorted, share).toFixed(1));
  const load = (loadavg()[0] ?? Number.NaN).toFixed(1);
  process.stdout.write(`${what}: p50 ${figures[0]} ms, p99 ${figures[1]} ms, longest ${figures[2]} ms, load ${load}\n`);
}
