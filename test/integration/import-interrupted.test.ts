/** An import that a person interrupts, and an undo during which the server is killed: both continue, and nothing counts twice. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { invocation, message } from '../support/firehose.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, memoryFolder, removeFolder, runCli, startServer } from '../support/product.ts';

const MAIN = new URL('../../dist/main.js', import.meta.url).pathname;
const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';
const AT_MS = Date.UTC(2026, 10, 20, 10);
const RANGE = 'from=2026-11-20T00:00:00Z&to=2026-11-22T00:00:00Z';
const folder = memoryFolder();
afterAll(() => removeFolder(folder));

/** `aws logs tail` of invocations, half a second apart. */
function text(first: number, n: number): string {
  return Array.from({ length: n }, (_, at) => invocation(first + at, AT_MS + at * 500))
    .flat()
    .map(({ timestamp, message: line }) => `${new Date(Number(timestamp)).toISOString()} ${STREAM} ${String(line)}`)
    .join('');
}

async function ask<T>({ url }: RunningServer, path: string, init: RequestInit = {}): Promise<T> {
  const headers = { authorization: `Bearer ${ADMIN}`, ...(init.headers as Record<string, string>) };
  return (await (await fetch(`${url}${path}`, { ...init, headers })).json()) as T;
}

interface Import {
  readonly id: string;
  readonly state: string;
  readonly accepted: number;
  readonly progress: number | null;
}

async function imports(server: RunningServer): Promise<readonly Import[]> {
  return (await ask<{ items: Import[] }>(server, '/api/v1/imports')).items;
}

async function invocations(server: RunningServer): Promise<number> {
  const { items } = await ask<{ items: { invocations: number }[] }>(server, `/api/v1/functions?${RANGE}`);
  return items.reduce((sum, one) => sum + one.invocations, 0);
}

/** Asks until the answer is as wanted. */
async function until<T>(asked: () => Promise<T>, isWanted: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await asked();
    if (isWanted(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('Ctrl-C: exit code 130, the way to resume, and the same command again stores the rest once', async () => {
  // Of 13 MB, which are four parts.
  const total = 40_000;
  const path = join(folder, 'large.txt');
  writeFileSync(path, text(1, total));
  const data = join(folder, 'interrupted');
  const server = await startServer(data);
  const child = spawn(process.execPath, [MAIN, 'import', path, '--function', 'orders'], {
    env: { PATH: process.env['PATH'], THERMOCLINE_DATA: data },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  await until(
    () => imports(server),
    ([one]) => (one?.accepted ?? 0) > 0,
  );
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(output).toContain(
    'Interrupted. What follows is stored; run the command again to resume, which stores nothing',
  );
  expect(output).toMatch(/Log events: [\d,]+ stored, 0 already stored/);
  expect(output).toMatch(/To undo this import: thermocline import --undo \S+/);
  const stored = await invocations(server);
  expect(stored).toBeGreaterThan(0);
  expect(stored).toBeLessThan(total);
  const again = await runCli(data, ['import', path, '--function', 'orders']);
  expect(again.code).toBe(0);
  expect(again.stdout).not.toContain(' 0 already stored');
  expect(await invocations(server)).toBe(total);
  await server.stop();
});

test('kill -9 during an undo: after a restart it continues to its end, and what was delivered stays', async () => {
  const data = join(folder, 'killed');
  let server = await startServer(data);
  const send = (path: string, body: string, headers = {}): Promise<unknown> =>
    ask(server, path, { method: 'POST', body, headers });
  const place = 'function=orders&account=111122223333&region=eu-west-1';
  const id = '20261120-0000000a';
  await send(`/ingest/logs?${place}`, text(1, 2000), { 'x-thermocline-import': id });
  // Deliveries after the import are stored again by the undo, one after the other. Half of them repeat imported lines.
  for (let batch = 0; batch < 60; batch += 1) {
    const events = Array.from({ length: 20 }, (_, at) => {
      const n = 1601 + batch * 20 + at;
      return invocation(n, AT_MS + (n - 1) * 500);
    }).flat();
    await send(
      '/ingest/lambda',
      JSON.stringify(message(events, { logGroup: '/aws/lambda/orders', logStream: STREAM })),
    );
  }
  expect(await invocations(server)).toBe(2800);
  let kills = 0;
  void ask(server, `/api/v1/imports/${id}`, { method: 'DELETE' }).catch(() => undefined);
  for (const share of [0.05, 0.5]) {
    const found = await until(
      () => imports(server),
      ([one]) => one?.state === 'undone' || (one?.state === 'undoing' && (one.progress ?? 0) >= share),
    );
    if (found[0]?.state === 'undone') break;
    await server.stop('SIGKILL');
    kills += 1;
    server = await startServer(data);
  }
  await until(
    () => imports(server),
    ([one]) => one?.state === 'undone',
  );
  expect(kills).toBeGreaterThan(0);
  expect(await invocations(server)).toBe(1200);
  expect(
    await ask(server, `/api/v1/imports/${id}`, { method: 'DELETE' }),
    'an undo that continued by itself is done',
  ).toEqual({ alreadyUndone: true });
  await server.stop();
});
