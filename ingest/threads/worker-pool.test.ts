import { getEventListeners } from 'node:events';
import { getPriority } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PoolError, PoolOptions } from './worker-pool.ts';
import { WorkerPool } from './worker-pool.ts';

interface Job {
  readonly op: 'echo' | 'throw' | 'exit' | 'exit-quietly' | 'crash' | 'hang' | 'nice' | 'unclonable';
  readonly value?: number;
}

/** A compiled script, as the product's threads are. */
async function scriptOf(contents: string): Promise<URL> {
  const result = await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  });
  return new URL(
    `data:text/javascript;base64,${Buffer.from(result.outputFiles[0]?.contents ?? []).toString('base64')}`,
  );
}

const working = await scriptOf(`
  import { readFileSync } from 'node:fs';
  import { serveJobs } from './serve-jobs.ts';
  serveJobs(async (job) => {
    if (job.op === 'throw') throw new Error('refused');
    if (job.op === 'exit') process.exit(1);
    if (job.op === 'exit-quietly') process.exit(0);
    if (job.op === 'crash') setTimeout(() => { throw new Error('crashed'); });
    if (job.op === 'crash') await new Promise(() => {});
    // Blocks the thread as a loop does, and uses no CPU time.
    if (job.op === 'hang') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    if (job.op === 'unclonable') return () => 0;
    if (job.op === 'nice') return Number(readFileSync('/proc/thread-self/stat', 'utf8').split(') ')[1].split(' ')[16]);
    return job.value;
  });
`);
const broken = await scriptOf(`throw new Error('no such file');`);

const started: Worker[] = [];
process.on('worker', (worker) => started.push(worker));
const pools: WorkerPool<Job, number>[] = [];
function open(options: Partial<PoolOptions> = {}): WorkerPool<Job, number> {
  const pool = new WorkerPool<Job, number>({ script: working, threads: 2, maxQueued: 100, ...options });
  pools.push(pool);
  return pool;
}
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

/** Codes of those that failed, and the number of those that gave their own value. */
async function outcomes(pool: WorkerPool<Job, number>, jobs: readonly Job[]) {
  const settled = await Promise.allSettled(jobs.map((job) => pool.run(job)));
  return {
    right: settled.filter((one, at) => one.status === 'fulfilled' && one.value === jobs[at]?.value).length,
    codes: settled.flatMap((one) => (one.status === 'rejected' ? [(one.reason as PoolError).code] : [])),
  };
}

const echoes = (n: number): Job[] => Array.from({ length: n }, (_, value) => ({ op: 'echo', value }));

test('each job gets its own result', async () => {
  expect(await outcomes(open(), echoes(50))).toEqual({ right: 50, codes: [] });
});

test.each(['throw', 'unclonable'] as const)('a job that fails (%s) leaves its thread alive', async (op) => {
  const pool = open({ threads: 1 });
  await pool.run({ op: 'echo' });
  const before = started.length;
  expect(await outcomes(pool, [{ op }, ...echoes(20)])).toEqual({ right: 20, codes: ['failed'] });
  expect(started.length).toBe(before);
});

test('the error of a failed job names the cause', async () => {
  await expect(open().run({ op: 'throw' })).rejects.toMatchObject({ name: 'PoolError', message: 'refused' });
});

test.each(['exit', 'exit-quietly', 'crash'] as const)('a thread that ends (%s) loses its own job only', async (op) => {
  const pool = open();
  const jobs = [...echoes(20), { op }, ...echoes(60)];
  expect(await outcomes(pool, jobs)).toEqual({ right: 80, codes: ['thread-lost'] });
  expect(await outcomes(pool, echoes(20))).toEqual({ right: 20, codes: [] });
});

test('a pool of one thread continues after the thread ended', async () => {
  const pool = open({ threads: 1 });
  expect(await outcomes(pool, [{ op: 'exit' }, ...echoes(20)])).toEqual({ right: 20, codes: ['thread-lost'] });
});

test('threads are replaced however often they end', async () => {
  const pool = open({ threads: 1 });
  for (let n = 0; n < 3; n += 1) {
    expect(await outcomes(pool, [{ op: 'exit' }, ...echoes(2)])).toEqual({ right: 2, codes: ['thread-lost'] });
  }
});

/** Deadlines pass when the test says so, however busy the machine is. */
function deadlinesPass(): void {
  vi.advanceTimersByTime(1000);
}

test('a job that exceeds the deadline is rejected, its thread replaced, and the queue continues', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const pool = open({ threads: 1, deadlineMs: 1000 });
  await pool.run({ op: 'echo' });
  const hanging = pool.run({ op: 'hang' });
  deadlinesPass();
  await expect(hanging).rejects.toMatchObject({ code: 'deadline' });
  expect(await outcomes(pool, echoes(10))).toEqual({ right: 10, codes: [] });
});

test('a job that waits longer than the deadline is rejected', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const pool = open({ threads: 1, deadlineMs: 1000 });
  await pool.run({ op: 'echo' });
  const settled = outcomes(pool, [{ op: 'hang' }, { op: 'echo', value: 1 }]);
  deadlinesPass();
  expect(await settled).toEqual({ right: 0, codes: ['deadline', 'deadline'] });
});

test('the queue is bounded', async () => {
  const pool = open({ threads: 1, maxQueued: 3 });
  await pool.run({ op: 'echo' });
  const { right, codes } = await outcomes(pool, echoes(10));
  expect({ right, codes }).toEqual({ right: 4, codes: Array(6).fill('queue-full') });
});

test('threads that cannot start reject what waits, with the cause, and are started again later', async () => {
  const pool = open({ script: broken });
  await expect(pool.run({ op: 'echo' })).rejects.toMatchObject({ code: 'thread-lost', message: 'no such file' });
  const before = started.length;
  await expect.poll(() => started.length).toBeGreaterThan(before);
});

test('closing rejects what is under way and what waits', async () => {
  const pool = open({ threads: 1 });
  await pool.run({ op: 'echo' });
  const settled = outcomes(pool, [{ op: 'hang' }, ...echoes(3)]);
  await pool.close();
  expect(await settled).toEqual({ right: 0, codes: ['closed', 'closed', 'closed', 'closed'] });
  await expect(pool.run({ op: 'echo' })).rejects.toMatchObject({ code: 'closed' });
});

test.runIf(process.platform === 'linux')('threads of a pool give way to the main thread', async () => {
  const before = getPriority();
  // Nice value of the thread, field 19 of proc_pid_stat(5).
  // 19 is the highest nice value there is.
  expect(await open().run({ op: 'nice' })).toBe(Math.min(19, before + 5));
  expect(getPriority()).toBe(before);
});

test('a lane whose jobs never end leaves a thread to the others, which take turns', async () => {
  const pool = open({ threads: 1, spareThreads: 1 });
  const hanging = Array.from({ length: 5 }, () => pool.run({ op: 'hang' }, [], undefined, 'attacker').catch(() => 0));
  const others = ['b', 'c', 'b', 'c'].map((lane, value) => pool.run({ op: 'echo', value }, [], undefined, lane));
  expect(await Promise.all(others)).toEqual([0, 1, 2, 3]);
  await pool.close();
  await Promise.all(hanging);
});

test('one lane alone has all threads, and jobs in order of arrival', async () => {
  const pool = open({ threads: 2, spareThreads: 1 });
  const results = Array.from({ length: 20 }, (_, value) => pool.run({ op: 'echo', value }, [], undefined, 'a'));
  expect(await Promise.all(results)).toEqual(Array.from({ length: 20 }, (_, value) => value));
});

test('an abandoned job leaves the queue, or its thread, at once', async () => {
  const pool = open({ threads: 1, maxQueued: 2 });
  await pool.run({ op: 'echo' });
  const before = started.length;
  const leave = new AbortController();
  const hanging = pool.run({ op: 'hang' }, [], undefined, '', leave.signal);
  const waiting = pool.run({ op: 'echo', value: 1 }, [], undefined, '', leave.signal);
  const staying = pool.run({ op: 'echo', value: 2 });
  await expect(pool.run({ op: 'echo', value: 3 })).rejects.toMatchObject({ code: 'queue-full' });
  leave.abort();
  for (const job of [hanging, waiting]) await expect(job).rejects.toMatchObject({ code: 'abandoned' });
  expect(await staying).toBe(2);
  expect(started.length).toBe(before + 1);
  await expect(pool.run({ op: 'echo' }, [], undefined, '', leave.signal)).rejects.toMatchObject({ code: 'abandoned' });
});

test('many jobs of one requester are no warning, and leave no listener', async () => {
  const pool = open({ threads: 2, maxQueued: 50 });
  const { signal } = new AbortController();
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const results = Array.from({ length: 20 }, (_, value) => pool.run({ op: 'echo', value }, [], undefined, '', signal));
  expect(await Promise.all(results)).toHaveLength(20);
  expect(warned).not.toHaveBeenCalled();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  warned.mockRestore();
});

test('a job that is abandoned shortly before its end costs no thread', async () => {
  const pool = open({ threads: 1 });
  await pool.run({ op: 'echo' });
  const before = started.length;
  const leave = new AbortController();
  // Its time to end does not pass, however late the thread answers on a busy machine.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const job = pool.run({ op: 'echo', value: 1 }, [], undefined, '', leave.signal);
  leave.abort();
  await expect(job).rejects.toMatchObject({ code: 'abandoned' });
  expect(await outcomes(pool, echoes(5))).toEqual({ right: 5, codes: [] });
  expect(started.length).toBe(before);
});

test('each lane has its own part of the queue, and at most its own threads', async () => {
  const pool = open({ threads: 2, maxQueued: 20, maxQueuedInLane: 3, laneThreads: { export: 1 } });
  await Promise.all([pool.run({ op: 'echo' }), pool.run({ op: 'echo' })]);
  const leave = new AbortController();
  const exports = Array.from({ length: 5 }, () =>
    pool.run({ op: 'hang' }, [], undefined, 'export', leave.signal).catch((error: PoolError) => error.code),
  );
  expect(await exports[4]).toBe('queue-full');
  // The other thread is theirs, although three exports wait.
  const others = [1, 2, 3].map((value) => pool.run({ op: 'echo', value }, [], undefined, 'interactive'));
  expect(await Promise.all(others)).toEqual([1, 2, 3]);
  leave.abort();
  expect(await Promise.all(exports)).toEqual([...new Array(4).fill('abandoned'), 'queue-full']);
});

test('a pool on demand starts a thread for each job that finds the others at work', async () => {
  const before = started.length;
  const pool = open({ threads: 2, onDemand: true });
  for (const job of echoes(5)) await pool.run(job);
  expect(started.length - before).toBe(1);
  const hanging = pool.run({ op: 'hang' }).catch(() => 0);
  expect(await pool.run({ op: 'echo', value: 7 })).toBe(7);
  expect(await outcomes(pool, echoes(5))).toEqual({ right: 5, codes: [] });
  expect(started.length - before).toBe(2);
  await pool.close();
  await hanging;
});

describe('threads without a job', () => {
  /** Lets the time of `ms` pass for the pool. */
  async function pass(ms: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms);
  }

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });

  test('end after a while, and a job starts one again', async () => {
    const pool = open({ threads: 2, idleMs: 1000 });
    expect(await outcomes(pool, echoes(10))).toEqual({ right: 10, codes: [] });
    const [before, ended] = [started.length, vi.fn()];
    for (const worker of started.slice(-2)) worker.once('exit', ended);
    await pass(999);
    expect(ended).not.toHaveBeenCalled();
    await pass(1001);
    vi.useRealTimers();
    await expect.poll(() => ended.mock.calls.length).toBe(2);
    expect(started.length).toBe(before);
    expect(await outcomes(pool, echoes(3))).toEqual({ right: 3, codes: [] });
    expect(started.length).toBeGreaterThan(before);
  });

  test('are kept as many as are asked for', async () => {
    const pool = open({ threads: 2, idleMs: 1000, keptThreads: 1 });
    expect(await outcomes(pool, echoes(10))).toEqual({ right: 10, codes: [] });
    const [before, ended] = [started.length, vi.fn()];
    for (const worker of started.slice(-2)) worker.once('exit', ended);
    await pass(5000);
    vi.useRealTimers();
    await expect.poll(() => ended.mock.calls.length).toBe(1);
    expect(await pool.run({ op: 'echo', value: 1 })).toBe(1);
    expect(started.length).toBe(before);
  });

  test('a thread at work does not end', async () => {
    const pool = open({ threads: 1, idleMs: 1000 });
    await pool.run({ op: 'echo' });
    const hanging = pool.run({ op: 'hang' }).catch((error: PoolError) => error.code);
    await pass(10_000);
    vi.useRealTimers();
    await pool.close();
    expect(await hanging).toBe('closed');
  });
});
