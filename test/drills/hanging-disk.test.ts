/** A disk that does not answer: at the start, and while the server runs. The main thread makes no call that waits for it. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { figure, pause, refusal } from '../support/drill.ts';
import type { RunningServer } from '../support/product.ts';
import { removeFolder, startServer, temporaryFolder } from '../support/product.ts';
import { Senders, WHOLE } from '../support/senders.ts';

const noCompiler = refusal('a disk that hangs', [['cc', ['--version']]]);
const root = temporaryFolder();
const flag = join(root, 'hangs');
const library = join(root, 'hanging-disk.so');
afterAll(() => removeFolder(root));

const hang = (): void => writeFileSync(flag, '');
const release = (): void => rmSync(flag, { force: true });

function build(): void {
  const source = new URL('../support/hanging-disk.c', import.meta.url).pathname;
  const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** A loopback address at which no other test listens, so that a port that was free stays free. */
const HOST = '127.0.0.77';

function start(folder: string, port: number): Promise<RunningServer> {
  const hanging = { LD_PRELOAD: library, HANG_FLAG: flag, HANG_FOLDER: folder };
  return startServer(folder, { ...hanging, THERMOCLINE_HOST: HOST, THERMOCLINE_PORT: String(port) });
}

/** A port that is free now. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, HOST, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

const statusOf = async (url: string): Promise<number | null> => {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(60_000) });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return null;
  }
};

/**
 * Asks for `/healthz` ten times a second. Returns a function that ends it and returns the slowest answer, ms. The disk answers again
 * only after that: a request that waits for the disk is never answered.
 */
function watchHealth(url: string): () => Promise<number> {
  let ended = false;
  let slowest = 0;
  const loop = (async () => {
    while (!ended) {
      const began = performance.now();
      expect(await statusOf(`${url}/healthz`)).toBe(200);
      slowest = Math.max(slowest, performance.now() - began);
      await pause(100);
    }
  })();
  return async () => {
    ended = true;
    await loop;
    return Math.round(slowest);
  };
}

test.skipIf(noCompiler !== null)('a disk that hangs stops neither healthz nor the refusals', async () => {
  build();
  const folder = join(root, 'data');
  const port = await freePort();
  const url = `http://${HOST}:${port}`;

  hang();
  const starting = start(folder, port);
  await expect.poll(() => statusOf(`${url}/healthz`)).toBe(200);
  const atStart = watchHealth(url);
  await pause(5000);
  expect(await statusOf(`${url}/readyz`)).toBe(503);
  expect(await new Senders(1).send(url)).toBe(503);
  const slowestAtStart = await atStart();
  release();
  const server = await starting;

  try {
    const senders = new Senders(5);
    expect(await senders.send(url)).toBe(200);
    const running = watchHealth(url);
    hang();
    // The request under way when the disk stops waits for it; later ones are refused.
    const waiting = senders.send(url);
    const reason = async (): Promise<string> => (await fetch(`${url}/readyz`)).text();
    await expect.poll(reason).toContain('the disk does not answer');
    expect(await senders.send(url)).toBe(503);
    await pause(5000);
    const slowestRunning = await running();
    release();
    await waiting;
    await expect.poll(() => senders.send(url)).toBe(200);
    await expect.poll(() => statusOf(`${url}/readyz`)).toBe(200);
    figure(
      'a disk that hangs',
      `healthz within ${slowestAtStart} ms at the start and ${slowestRunning} ms while running; senders and readyz answered 503, storing again afterwards`,
    );
    await server.stop();
    expect(senders.check(folder)).toMatchObject(WHOLE);
  } finally {
    release();
    await server.stop('SIGKILL');
  }
});
