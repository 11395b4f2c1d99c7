/**
 * The disk fails at the Nth system call, for many N (the method of SQLite's own tests), by injected errors. Every
 * acknowledged event is present afterwards, and the data folder opens again without repair.
 */
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { figure, pause, refusal } from '../../support/drill.ts';
import type { RunningServer } from '../../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../../support/product.ts';
import { Senders, WHOLE } from '../../support/senders.ts';

const refused = refusal('I/O errors', [
  ['strace', ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=fsync', '-e', 'inject=fsync:error=EIO:when=9999', 'true']],
]);

const injecting = (call: string, inject: string): readonly string[] => [
  '-f',
  '-qq',
  '-o',
  '/dev/null',
  '-e',
  `trace=${call}`,
  '-e',
  `inject=${call}:${inject}`,
];

/** Sends 25 requests and returns how many were rejected. */
async function sendSome(senders: Senders, server: RunningServer): Promise<number> {
  let refusals = 0;
  for (let n = 0; n < 25; n += 1) {
    if ((await senders.send(server.url)) === 200) continue;
    refusals += 1;
    await pause(150);
  }
  if (refusals > 0) {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain('route="firehose",status="503"');
    await expect.poll(() => server.output()).toMatch(/ingest failed|not ready/);
  }
  return refusals;
}

/** Checks that the folder opens without repair, accepts events, and holds everything acknowledged. */
async function opensAgain(folder: string, senders: Senders, note: string): Promise<void> {
  const again = await startServer(folder);
  expect(await senders.send(again.url)).toBe(200);
  const ready = await fetch(`${again.url}/readyz`, { headers: { authorization: `Bearer ${ADMIN}` } });
  expect(ready.status).toBe(200);
  await again.stop();
  expect(senders.check(folder), note).toMatchObject(WHOLE);
  removeFolder(folder);
}

/** Injects faults into a start on a new folder, so that migrations hit them. The tracer counts calls per thread. */
async function fromTheStart(call: string, inject: string): Promise<'refused to start' | 'started'> {
  const folder = temporaryFolder();
  const senders = new Senders(5);
  const wrapper = ['strace', '--seccomp-bpf', ...injecting(call, inject)];
  const server = await startServer(folder, { THERMOCLINE_LOG_LEVEL: 'error' }, { wrapper }).catch(() => null);
  // A failing start may exit with an error; the next start must work.
  if (server !== null) {
    await sendSome(senders, server);
    await server.stop();
  }
  await opensAgain(folder, senders, `${call} ${inject} from the start`);
  return server === null ? 'refused to start' : 'started';
}

/** Injects faults into a running server. It must store again within ten seconds after the tracer detaches. */
async function whileRunning(call: string, inject: string): Promise<number> {
  const folder = temporaryFolder();
  const senders = new Senders(5);
  const server = await startServer(folder, { THERMOCLINE_LOG_LEVEL: 'error' });
  await senders.send(server.url);
  const tracer = spawn('strace', [...injecting(call, inject), '-p', String(server.process.pid)], { stdio: 'ignore' });
  const ended = new Promise((resolve) => tracer.once('exit', resolve));
  await pause(400);
  const refusals = await sendSome(senders, server);
  tracer.kill('SIGINT');
  await ended;
  await expect.poll(() => senders.send(server.url), { interval: 200 }).toBe(200);
  expect(await server.stop()).toBe(0);
  await opensAgain(folder, senders, `${call} ${inject} while running`);
  return refusals;
}

const calls: readonly (readonly [call: string, error: string])[] = [
  ['fsync', 'EIO'],
  ['pwrite64', 'EIO'],
  ['pwrite64', 'ENOSPC'],
  ['ftruncate', 'EIO'],
];

test.skipIf(refused !== null).each(calls)('%s fails with %s at start, at several positions', async (call, error) => {
  const positions = [1, 2, 3, 4, 6, 10, 22, 60, 140, 200];
  const outcomes: string[] = [];
  for (const at of positions) outcomes.push(await fromTheStart(call, `error=${error}:when=${at}`));
  const refusals = outcomes.filter((outcome) => outcome === 'refused to start').length;
  figure(
    `${call} ${error} at start`,
    `${positions.length} positions: ${refusals} starts refused, the next start worked after all of them, 0 acknowledged events lost, integrity ok`,
  );
});

test.skipIf(refused !== null).each(calls)('%s fails with %s in a running server', async (call, error) => {
  const steps = [
    'when=1',
    'when=2',
    'when=3',
    'when=5',
    'when=8',
    'when=13',
    'when=20',
    'when=5+3',
    'when=12+7',
    'when=15+',
  ];
  let refusals = 0;
  for (const step of steps) refusals += await whileRunning(call, `error=${error}:${step}`);
  figure(
    `${call} ${error} while running`,
    `${steps.length} patterns, from a single fault to permanent ones: ${refusals} requests answered 503, storing again within 10 s of the last fault, 0 acknowledged events lost, integrity ok`,
  );
});
