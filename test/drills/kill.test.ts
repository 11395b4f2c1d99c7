/** D-03: kill -9 during ingest, 25 times. Nothing acknowledged is lost, nothing is stored twice. */

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { invocation, message, record, requestId } from '../support/firehose.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../support/product.ts';

const CYCLES = Number(process.env['DRILL_CYCLES'] ?? 25);
const SENDERS = 4;
const PER_REQUEST = 20;

interface Request {
  readonly id: string;
  readonly first: number;
}

/** Sends until the server dies; what was not answered is sent again in the next cycle, as Firehose does. */
async function sender(server: RunningServer, next: () => Request, retry: Request[], acked: Request[]): Promise<void> {
  for (;;) {
    const request = retry.pop() ?? next();
    const numbers = Array.from({ length: PER_REQUEST }, (_, at) => request.first + at);
    const body = JSON.stringify({
      requestId: request.id,
      timestamp: 1,
      records: numbers.map((n) =>
        record(
          message(invocation(n, Date.UTC(2026, 10, 20) + n * 60), {
            logStream: `2026/11/20/[$LATEST]${String(Math.floor(n / 100)).padStart(32, '0')}`,
          }),
        ),
      ),
    });
    try {
      const response = await fetch(`${server.url}/ingest/firehose`, {
        method: 'POST',
        headers: { 'x-amz-firehose-access-key': ADMIN, 'x-amz-firehose-request-id': request.id },
        body,
      });
      if (response.status === 200) acked.push(request);
      else retry.push(request);
    } catch {
      retry.push(request);
      return;
    }
  }
}

test(`${CYCLES} kills: 0 lost, 0 repeated, integrity ok`, async () => {
  const folder = temporaryFolder();
  const acked: Request[] = [];
  const retry: Request[] = [];
  let count = 0;
  const next = (): Request => {
    count += 1;
    return { id: `r${count}`, first: count * PER_REQUEST };
  };
  const ready: number[] = [];
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    const began = performance.now();
    const server = await startServer(folder);
    ready.push(performance.now() - began);
    const senders = Array.from({ length: SENDERS }, () => sender(server, next, retry, acked));
    await new Promise((resolve) => setTimeout(resolve, 200 + ((cycle * 397) % 1300)));
    await server.stop('SIGKILL');
    await Promise.all(senders);
  }
  const server = await startServer(folder);
  await server.stop();
  const db = new Database(join(folder, 'telemetry.db'), { readonly: true });
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  const ids = new Set(db.prepare('SELECT hex(request_id) AS id FROM invocation').pluck().all() as string[]);
  const rows = db.prepare('SELECT count(*) FROM invocation').pluck().get() as number;
  const hex = (n: number): string => requestId(n).replaceAll('-', '').toUpperCase();
  const lost = acked
    .flatMap((request) => Array.from({ length: PER_REQUEST }, (_, at) => request.first + at))
    .filter((n) => !ids.has(hex(n)));
  const rolled = db.prepare('SELECT sum(n) FROM rollup_1d').pluck().get() as number;
  db.close();
  process.stdout.write(
    `kill drill: ${CYCLES} kills, ${acked.length * PER_REQUEST} invocations acknowledged, ${lost.length} lost, ${rows - ids.size} repeated, slowest start ${Math.round(Math.max(...ready))} ms\n`,
  );
  expect(lost).toEqual([]);
  expect(rows).toBe(ids.size);
  expect(rolled).toBe(rows);
  expect(acked.length).toBeGreaterThan(CYCLES);
  expect(Math.max(...ready)).toBeLessThan(10_000);
  removeFolder(folder);
});
