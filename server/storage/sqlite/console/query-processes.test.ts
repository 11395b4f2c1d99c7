/** How queries end: by their process, their deadline, their memory, their client. Each runs in a process that the test wrote. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { QueryProcesses } from './query-processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'thermocline-query-processes-'));
/** Does what the statement says. */
const WORKER = `
process.on('message', (job) => {
  const done = (reply) => process.send(reply, () => process.exit(0));
  const [what, value] = job.sql.split(' ');
  if (what === 'hang') {
    if (value) require('node:fs').writeFileSync(value, '');
    return;
  }
  if (what === 'kill') process.kill(process.pid, value);
  if (what === 'exit') process.exit(Number(value));
  if (what === 'refuse') done({ kind: 'refused', message: 'no', at: 3 });
  if (what === 'twice') {
    process.send({ kind: 'failed', message: 'first' });
    done({ kind: 'failed', message: 'second' });
  }
  if (what === 'show') {
    const facts = { job, environment: Object.keys(process.env), options: process.execArgv };
    for (const text of ['a', JSON.stringify(facts)]) process.send({ kind: 'piece', bytes: Buffer.from(text) });
    done({ kind: 'rows', rows: 2, truncated: null });
  }
});
`;
const TERMS = { plans: [], tier: 1, logTier: 1 } as const;
let open: QueryProcesses[] = [];

beforeAll(() => writeFileSync(join(folder, 'sql.cjs'), WORKER));
afterEach(() => {
  for (const one of open) one.close();
  open = [];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function processes(deadlineMs = 60_000): QueryProcesses {
  const workers = pathToFileURL(`${folder}/`);
  const made = new QueryProcesses({ workers, folder: '/data', terms: TERMS, deadlineMs, memoryBytes: 1234 });
  open.push(made);
  return made;
}
const query = (sql: string) => ({ sql, limit: 7, format: 'csv' as const });

test('rows come in their pieces; the process knows the query and its limits, and nothing of the server', async () => {
  const outcome = await processes().run(query('show'));
  if (outcome.kind !== 'rows') throw new Error(outcome.kind);
  const [first, second] = outcome.body.map((bytes) => Buffer.from(bytes).toString('utf8'));
  expect([outcome.rows, outcome.truncated, first]).toEqual([2, null, 'a']);
  expect(JSON.parse(second ?? '')).toEqual({
    job: {
      ...{ sql: 'show', limit: 7, format: 'csv', path: '/data/telemetry.db', terms: TERMS },
      // 16 MiB; two seconds after the server should have ended it.
      ...{ mostBytes: 16_777_216, memoryBytes: 1234, deadlineMs: 62_000 },
    },
    environment: [],
    options: ['--max-old-space-size=128'],
  });
});

test('a refusal is passed on, and the first of two answers counts', async () => {
  const made = processes();
  expect(await made.run(query('refuse'))).toEqual({ kind: 'refused', message: 'no', at: 3 });
  expect(await made.run(query('twice'))).toEqual({ kind: 'failed', message: 'first' });
});

// 134 is 128 + SIGABRT. SIGUSR2 is sent by the process itself at its limit, SIGKILL by the kernel without memory.
test.each(['kill SIGKILL', 'kill SIGABRT', 'kill SIGUSR2', 'exit 134'])('%s is a lack of memory', async (sql) => {
  expect(await processes().run(query(sql))).toEqual({ kind: 'memory', bytes: 1234 });
});

test.each([
  ['kill SIGTERM', 'SIGTERM'],
  ['exit 3', '3'],
  ['exit 0', '0'],
])('%s without an answer is a failure', async (sql, how) => {
  expect(await processes().run(query(sql))).toEqual({
    kind: 'failed',
    message: `the process of the query ended before it was done (${how})`,
  });
});

test('a query that does not end is ended at its deadline', async () => {
  expect(await processes(100).run(query('hang'))).toEqual({ kind: 'deadline', ms: 100 });
});

test('a query ends with its client, and is not begun for one that left', async () => {
  const made = processes();
  const leaving = new AbortController();
  const mark = join(folder, 'begun');
  const run = made.run(query(`hang ${mark}`), leaving.signal);
  await expect.poll(() => existsSync(mark)).toBe(true);
  leaving.abort();
  expect(await run).toEqual({ kind: 'abandoned' });
  expect(await made.run(query('refuse'), leaving.signal)).toEqual({ kind: 'abandoned' });
  // Its place is free.
  expect(await made.run(query('refuse'))).toMatchObject({ kind: 'refused' });
});

test('beyond two that run and eight that wait, the next is told when to retry; closing ends all', async () => {
  const made = processes(60_500);
  const all = Array.from({ length: 10 }, () => made.run(query('hang')));
  expect(await made.run(query('refuse'))).toEqual({ kind: 'busy', retryAfterSec: 61 });
  made.close();
  expect(await Promise.all(all)).toEqual(Array.from({ length: 10 }, () => ({ kind: 'abandoned' })));
  expect(await made.run(query('refuse'))).toEqual({ kind: 'abandoned' });
});

test('a process that cannot be started is a failure', async () => {
  const workers = pathToFileURL(`${folder}/none/`);
  const made = new QueryProcesses({ workers, folder: '/data', terms: TERMS, deadlineMs: 60_000, memoryBytes: 1 });
  expect(await made.run(query('show'))).toMatchObject({ kind: 'failed' });
});
