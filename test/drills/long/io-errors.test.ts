/**
 * D-06, D-07: the disk fails at the Nth call, for many N (SQLite's own method), by injecting errors into system calls. No
 * request is acknowledged whose events are absent afterwards; the folder opens again without help.
 */
import { expect, test } from 'vitest';
import { figure, pause, refusal } from '../../support/drill.ts';
import type { RunningServer } from '../../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../../support/product.ts';
import { Senders, WHOLE } from '../../support/senders.ts';

const refused = refusal('I/O errors', [
  ['strace', ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=fsync', '-e', 'inject=fsync:error=EIO:when=9999', 'true']],
]);

const strace = (call: string, inject: string): readonly string[] => [
  'strace',
  '-f',
  '-qq',
  '--seccomp-bpf',
  '-o',
  '/dev/null',
  '-e',
  `trace=${call}`,
  '-e',
  `inject=${call}:${inject}`,
];

interface Outcome {
  readonly started: boolean;
  readonly acked: number;
  readonly refused: number;
  readonly recovered: boolean;
}

async function sweep(call: string, inject: string, once: boolean, settled: boolean): Promise<Outcome> {
  const folder = temporaryFolder();
  const senders = new Senders(5);
  // Once with and once without a first start before: then the faults meet the running server, not the migrations.
  if (settled) await (await startServer(folder)).stop();
  let server: RunningServer | null = null;
  let refusals = 0;
  let last: number | null = null;
  try {
    server = await startServer(folder, { THERMOCLINE_LOG_LEVEL: 'error' }, { wrapper: strace(call, inject) });
  } catch {
    // A start that fails says so and ends; what matters is that the next one works.
  }
  if (server !== null) {
    for (let n = 0; n < 25; n += 1) {
      last = await senders.send(server.url);
      if (last !== 200) {
        refusals += 1;
        await pause(150);
      }
    }
    const until = Date.now() + 10_000;
    while (once && last !== 200 && Date.now() < until) {
      await pause(200);
      last = await senders.send(server.url);
    }
    if (refusals > 0) {
      const metrics = await fetch(`${server.url}/metrics`).then(
        (answer) => answer.text(),
        () => '',
      );
      expect(metrics).toContain('route="firehose",status="503"');
      expect(server.output()).toMatch(/ingest failed|not ready/);
    }
    await server.stop();
  }
  const again = await startServer(folder);
  await senders.send(again.url);
  const ready = await fetch(`${again.url}/readyz`, { headers: { authorization: `Bearer ${ADMIN}` } });
  expect(ready.status).toBe(200);
  await again.stop();
  expect(senders.check(folder), `${call} ${inject}`).toMatchObject(WHOLE);
  removeFolder(folder);
  return { started: server !== null, acked: senders.acked.length, refused: refusals, recovered: last === 200 };
}

const positions = [1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 22, 30, 40, 60, 90, 140, 200];
const calls: readonly (readonly [call: string, error: string])[] = [
  ['fsync', 'EIO'],
  ['pwrite64', 'EIO'],
  ['pwrite64', 'ENOSPC'],
  ['ftruncate', 'EIO'],
];

test.skipIf(refused !== null).each(calls)('%s fails with %s once, at any of many positions', async (call, error) => {
  const outcomes: Outcome[] = [];
  for (const at of positions)
    outcomes.push(await sweep(call, `error=${error}:when=${at}`, true, at % 2 === 1 || at > 10));
  const count = (is: (outcome: Outcome) => boolean): number => outcomes.filter(is).length;
  figure(
    `${call} ${error} once`,
    `${positions.length} positions: ${count((o) => !o.started)} refused to start, ${count((o) => o.refused > 0)} answered 503 and recovered, 0 acknowledged events lost, integrity ok`,
  );
  expect(outcomes.filter((outcome) => outcome.started && !outcome.recovered)).toEqual([]);
});

test.skipIf(refused !== null).each(calls)('%s keeps failing with %s', async (call, error) => {
  let refusals = 0;
  for (const step of ['when=25+3', 'when=40+', 'when=12+7'])
    refusals += (await sweep(call, `error=${error}:${step}`, false, true)).refused;
  figure(`${call} ${error} persistent`, `${refusals} requests refused, 0 acknowledged events lost, integrity ok`);
});
