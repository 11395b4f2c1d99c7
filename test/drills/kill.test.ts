/** `kill -9` during ingest, ten times: no acknowledged event is lost and none is stored twice. */
import { expect, test } from 'vitest';
import { cpuSeconds } from '../../bench/process-figures.ts';
import { figure, pause, quantile } from '../support/drill.ts';
import { removeFolder, startServer, temporaryFolder } from '../support/product.ts';
import { Senders, WHOLE } from '../support/senders.ts';

const CYCLES = Number(process.env['DRILL_CYCLES'] ?? 10);
/** Where the sequence of pauses begins. */
const FIRST = Number(process.env['DRILL_FIRST'] ?? 0);

test(`${CYCLES} kills lose and repeat nothing; integrity check ok`, async () => {
  const folder = temporaryFolder();
  const senders = new Senders(20);
  const ready: number[] = [];
  /** CPU time of each start, s. */
  const cpu: number[] = [];
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    const began = performance.now();
    const server = await startServer(folder);
    ready.push(performance.now() - began);
    cpu.push(cpuSeconds(server.process.pid));
    const sending = senders.run(server.url, 4);
    await pause(200 + (((FIRST + cycle) * 397) % 1300));
    await server.stop('SIGKILL');
    await sending;
  }
  await (await startServer(folder)).stop();
  const verdict = senders.check(folder);
  figure(
    'kill -9',
    `${CYCLES} kills, ${verdict.acknowledged} invocations acknowledged, ${verdict.lost} lost, ${verdict.repeated} repeated, start p99 ${Math.round(quantile(ready, 0.99))} ms`,
    {
      acknowledged: verdict.acknowledged,
      lost: verdict.lost,
      repeated: verdict.repeated,
      worstStartMs: Math.round(Math.max(...ready)),
    },
  );
  expect(verdict).toMatchObject(WHOLE);
  expect(senders.acked.length).toBeGreaterThan(CYCLES);
  expect(quantile(cpu, 0.99)).toBeLessThan(10);
  removeFolder(folder);
});
