/** A backup at half of the maximum ingest rate, killed in the middle; then a complete one, restored and timed. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { figure, pause, quantile } from '../../support/drill.ts';
import type { RunningServer } from '../../support/product.ts';
import { ADMIN, removeFolder, runCli, startServer, temporaryFolder } from '../../support/product.ts';
import { Senders } from '../../support/senders.ts';

const FILL_SECONDS = Number(process.env['DRILL_SECONDS'] ?? 30);
const folder = temporaryFolder();
const restored = temporaryFolder();
afterAll(() => [folder, restored].forEach(removeFolder));

interface Backups {
  readonly items: readonly { path: string; bytes: number }[];
  readonly running: object | null;
  readonly error: string | null;
}

async function backups(server: RunningServer, method = 'GET'): Promise<Backups> {
  const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' };
  const body = method === 'POST' ? { body: '{}' } : {};
  return (await (await fetch(`${server.url}/api/v1/backups`, { method, headers, ...body })).json()) as Backups;
}

test('no request fails during a backup; it holds everything acknowledged before it and is restored in time', async () => {
  const server = await startServer(folder, { THERMOCLINE_RAW_LINES: 'all' });
  const senders = new Senders(200);
  const began = performance.now();
  await senders.run(server.url, 4, () => performance.now() - began > FILL_SECONDS * 1000);
  const pauseMs = (FILL_SECONDS * 1000 * 2) / senders.acked.length;

  // Ingest at half load and health checks while the backup runs.
  const statuses: (number | null)[] = [];
  const lagsMs: number[] = [];
  let over = false;
  const sending = (async () => {
    while (!over) {
      statuses.push(await senders.send(server.url));
      await pause(pauseMs);
    }
  })();
  const asking = (async () => {
    while (!over) {
      const asked = performance.now();
      await (await fetch(`${server.url}/healthz`)).arrayBuffer();
      lagsMs.push(performance.now() - asked);
      await pause(10);
    }
  })();
  const before = [...senders.acked];
  const started = performance.now();
  await backups(server, 'POST');
  let state = await backups(server);
  while (state.running !== null) {
    await pause(50);
    state = await backups(server);
  }
  const tookSeconds = (performance.now() - started) / 1000;
  over = true;
  await Promise.all([sending, asking]);
  expect(state.error).toBeNull();
  const [made] = state.items;
  const megabytes = (made?.bytes ?? 0) / 1_048_576;
  expect(statuses.every((status) => status === 200)).toBe(true);
  expect(quantile(lagsMs, 0.99)).toBeLessThan(50);

  // Killed during another backup: the next start has one backup and no partial one.
  await backups(server, 'POST');
  await pause(100);
  await server.stop('SIGKILL');
  const again = await startServer(folder);
  expect((await backups(again)).items).toHaveLength(1);
  await again.stop();

  const restoring = performance.now();
  expect((await runCli(restored, ['restore', made?.path ?? '', '--yes'])).code).toBe(0);
  const ready = await startServer(restored);
  const rtoSeconds = (performance.now() - restoring) / 1000;
  await ready.stop();
  const verdict = senders.check(restored, before);
  expect(verdict).toMatchObject({ integrity: 'ok', lost: 0, repeated: 0, rolledUp: true });
  // One minute per GB, and at least one minute, since processes need time to start.
  expect(rtoSeconds).toBeLessThan(60 * Math.max(1, megabytes / 1024));
  expect(readdirSync(restored).some((name) => name.startsWith('.restoring'))).toBe(false);
  figure(
    'backup',
    `${megabytes.toFixed(0)} MB copied and verified in ${tookSeconds.toFixed(1)} s while ${statuses.length} requests were stored, none refused; health p99 ${quantile(lagsMs, 0.99).toFixed(0)} ms; killed in the middle of another: nothing half; restored and ready in ${rtoSeconds.toFixed(1)} s, ${verdict.acknowledged} invocations acknowledged before it, ${verdict.lost} missing`,
  );
  rmSync(join(folder, 'backups'), { recursive: true });
});
