/** A disk whose fsync takes 5 ms: requests that wait at the same time share a commit. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { figure, quantile, refusal } from '../../support/drill.ts';
import { gz, invocation, message } from '../../support/firehose.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../../support/product.ts';
import { Senders, WHOLE } from '../../support/senders.ts';

const refused = refusal('slow fsync', [
  ['strace', ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=fsync', '-e', 'inject=fsync:delay_enter=5000', 'true']],
]);
const SECONDS = Number(process.env['DRILL_SECONDS'] ?? 20);

const slow = (log: string): readonly string[] => [
  'strace',
  '-f',
  '-qq',
  '--seccomp-bpf',
  '-o',
  log,
  '-e',
  'trace=fsync',
  '-e',
  'inject=fsync:delay_enter=5000',
];

test.skipIf(refused !== null)('200 concurrent requests share commits', async () => {
  const folder = temporaryFolder();
  const log = join(folder, 'fsync.log');
  const server = await startServer(join(folder, 'data'), {}, { wrapper: slow(log) });
  const senders = new Senders(1);
  // The limit applies to a warmed-up server, not to the first seconds of a process (or of its senders).
  for (let round = 0; round < 5; round += 1) {
    await Promise.all(Array.from({ length: 200 }, () => senders.send(server.url)));
  }
  const fsyncs = (): number =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.includes('fsync(')).length;
  const before = fsyncs();
  const acks = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const began = performance.now();
      expect(await senders.send(server.url)).toBe(200);
      return performance.now() - began;
    }),
  );
  const commits = fsyncs() - before;
  await server.stop();
  expect(senders.check(join(folder, 'data'))).toMatchObject(WHOLE);
  figure(
    'group commit, fsync 5 ms',
    `200 concurrent requests in ${commits} fsyncs, ack p99 ${Math.round(quantile(acks, 0.99))} ms`,
  );
  expect(commits).toBeLessThanOrEqual(40);
  expect(quantile(acks, 0.99)).toBeLessThanOrEqual(250);
  removeFolder(folder);
});

test.skipIf(refused !== null)('100-event batches with fsync at 5 ms: at least 15,000 events per second', async () => {
  const folder = temporaryFolder();
  const server = await startServer(join(folder, 'data'), {}, { wrapper: slow('/dev/null') });
  // Bodies are prepared in advance, because the senders share the cores with the server.
  const bodies = Array.from({ length: 6000 }, (_, at) => {
    const events = Array.from({ length: 50 }, (_event, n) =>
      invocation(at * 50 + n + 1, Date.UTC(2026, 10, 20) + at * 60 + n),
    ).flat();
    const logStream = `2026/11/20/[$LATEST]${String(at).padStart(32, '0')}`;
    const data = gz(message(events, { logStream })).toString('base64');
    return JSON.stringify({ requestId: `b${at}`, timestamp: 1, records: [{ data }] });
  });
  let next = 0;
  let stored = 0;
  let failed = 0;
  const acks: number[] = [];
  const until = performance.now() + SECONDS * 1000;
  const began = performance.now();
  const one = async (): Promise<void> => {
    while (performance.now() < until && next < bodies.length) {
      const at = next;
      next += 1;
      const sent = performance.now();
      const response = await fetch(`${server.url}/ingest/firehose`, {
        method: 'POST',
        headers: { 'x-amz-firehose-access-key': ADMIN, 'x-amz-firehose-request-id': `b${at}` },
        body: bodies[at] ?? '',
      });
      await response.arrayBuffer();
      acks.push(performance.now() - sent);
      if (response.status === 200) stored += 100;
      else failed += 1;
    }
  };
  await Promise.all(Array.from({ length: 32 }, one));
  const rate = stored / ((performance.now() - began) / 1000);
  await server.stop();
  figure(
    'throughput, fsync 5 ms',
    `${Math.round(rate)} events/s in batches of 100 over ${Math.round((performance.now() - began) / 1000)} s, ${failed} errors, ack p99 ${Math.round(quantile(acks, 0.99))} ms`,
  );
  expect(failed).toBe(0);
  expect(rate).toBeGreaterThanOrEqual(15_000);
  removeFolder(folder);
});
