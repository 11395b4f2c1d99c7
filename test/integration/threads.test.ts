/** Reader, answer and decode threads that end under load. */

import type { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { unpackBatch } from '../../ingest/batch/packed-batch.ts';
import { Decoder } from '../../ingest/decode/decoder.ts';
import { shapeAnswer } from '../../server/http/answers/shape-answer.ts';
import { AnalysisPool } from '../../server/jobs/analysis/analysis-pool.ts';
import type { SqliteOptions } from '../../server/storage/sqlite/options.ts';
import { ReaderPool } from '../../server/storage/sqlite/threads/reader-pool.ts';
import { invocation, message, record, send } from '../support/firehose.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const workers = new URL('../../dist/workers/', import.meta.url);

let started: Worker[] = [];
process.on('worker', (worker) => started.push(worker));
afterEach(() => {
  started = [];
});

/** `clients` that each send the next request after a response, until `asks` requests have succeeded or failed. */
async function underLoad(
  clients: number,
  asks: number,
  ask: () => Promise<boolean>,
  meanwhile: (done: number) => void,
) {
  let left = asks;
  let [answered, wrong, failed] = [0, 0, 0];
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      try {
        if (await ask()) answered += 1;
        else wrong += 1;
      } catch {
        failed += 1;
      }
      meanwhile(answered + wrong + failed);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { answered, wrong, failed };
}

/** Kills another thread after every `every` responses, `times` times. */
function killer(
  every: number,
  times: number,
): { readonly kills: () => number; readonly meanwhile: (n: number) => void } {
  let kills = 0;
  return {
    kills: () => kills,
    meanwhile: (done) => {
      const next = started[kills];
      if (done < every * (kills + 1) || kills >= times || next === undefined) return;
      kills += 1;
      void next.terminate();
    },
  };
}

/** Kills five threads under 800 jobs: at most five jobs fail, none is answered wrongly, and each thread is replaced. */
async function expectToSurvive(job: () => Promise<boolean>, threads: number): Promise<void> {
  expect(await job()).toBe(true);
  const { kills, meanwhile } = killer(100, 5);
  const { answered, wrong, failed } = await underLoad(16, 800, job, meanwhile);
  expect(kills()).toBe(5);
  expect(wrong).toBe(0);
  expect(failed).toBeLessThanOrEqual(5);
  expect(answered).toBe(800 - failed);
  await expect.poll(() => started.length).toBe(threads + 5);
}

const THREADS = { threads: 1, spareThreads: 1, heapMb: 768, youngHeapMb: 32, warmsUp: false } as const;

test('when reader threads are killed under load, only the queries in flight fail', async () => {
  const product = await startProduct();
  const records = Array.from({ length: 20 }, (_, n) => record(message(invocation(n + 1))));
  await send(product, records);
  started = [];
  const options = { folder: product.folder, workers, readers: 2, readDeadlineMs: 60_000 };
  const pool = new ReaderPool(options as SqliteOptions);
  const read = pool.port();
  const ask = async (): Promise<boolean> => {
    const { items } = await read.functions({ fromMs: 0, toMs: 8.64e12 });
    return items[0]?.counts.n === 20;
  };
  await expectToSurvive(ask, 2);
  await pool.close();
  await product.close();
  removeFolder(product.folder);
});

test('when decode threads are killed under load, only the bodies in flight fail', async () => {
  const decoder = new Decoder(workers, { ...THREADS, threads: 2 });
  const text = JSON.stringify({ requestId: 'r', timestamp: 0, records: [record(message(invocation(1)))] });
  const decode = async (): Promise<boolean> => {
    const decoded = await decoder.decode({
      kind: 'firehose',
      body: new TextEncoder().encode(text),
      headers: { requestId: 'r' },
      context: { raw: 'off', region: '', selfLogGroups: [] },
    });
    return decoded.ok && unpackBatch(decoded.batch).invocations.n === 1;
  };
  await expectToSurvive(decode, 2);
  await decoder.close();
});

test('decode threads start once, before the first body or with it, and not after the end', async () => {
  started = [];
  const [first, second] = [new Decoder(workers, { ...THREADS, threads: 2 }), new Decoder(workers, THREADS)];
  first.start();
  first.start();
  // Node tells of a new thread in the next turn.
  await expect.poll(() => started.length).toBe(2);
  await Promise.all([first.close(), second.close()]);
  expect(() => second.start()).toThrow('closed');
  expect(started).toHaveLength(2);
});

test('a body that takes too long loses its thread; the others are decoded', async () => {
  const decoder = new Decoder(workers, THREADS, 0);
  const decode = (body: Uint8Array) =>
    decoder.decode({
      kind: 'logs',
      body,
      source: { account: '', region: '', logGroup: '/aws/lambda/f', logStream: '' },
      context: { raw: 'off', region: '', selfLogGroups: [] },
    });
  // 20 MB of lines in 30 kB: the time allowed grows with the bytes that were sent.
  const dense = gzipSync('[x] y\n'.repeat(3_500_000));
  await expect(decode(new Uint8Array(dense))).rejects.toMatchObject({ name: 'DecodeError', code: 'too-slow' });
  expect(await decode(new TextEncoder().encode('[x] '.repeat(1_000_000)))).toMatchObject({ ok: true });
  await decoder.close();
});

test('when reader and answer threads are killed under load, only the answers in flight fail', async () => {
  const product = await startProduct();
  const records = Array.from({ length: 20 }, (_, n) => record(message(invocation(n + 1))));
  await send(product, records);
  started = [];
  const options = { folder: product.folder, workers, readers: 2, readDeadlineMs: 60_000 };
  const readers = new ReaderPool(options as SqliteOptions);
  const pool = new AnalysisPool(workers, 60_000);
  const ask = async (): Promise<boolean> => {
    const query = { fromMs: 0, toMs: 8.64e12 };
    const found = await readers.packed('functions', query);
    const AT_LIST = { plans: [], tier: 1, logTier: 1 } as const;
    const args = [0, { hours: 1, functions: [] }, AT_LIST, new Map()] as const;
    const { answer } = await shapeAnswer(pool, 'functionList', found, ...args);
    const shaped = await readers.shaped([['functions', query]], { name: 'functionList', args });
    expect(shaped.bytes).toEqual(answer.bytes);
    return JSON.parse(new TextDecoder().decode(answer.bytes)).items[0].invocations === 20;
  };
  await expectToSurvive(ask, 3);
  await Promise.all([readers.close(), pool.close()]);
  await product.close();
  removeFolder(product.folder);
});

test('requests that are refused because too many wait are answered 503, and clients that leave free their place', async () => {
  const product = await startProduct();
  try {
    const leave = new AbortController();
    const asked = Array.from({ length: 400 }, () => product.fetch('/api/v1/overview', { signal: leave.signal }));
    const refused = await Promise.race(
      asked.map(async (one) => ((await one).status === 503 ? one : new Promise(() => undefined))),
    );
    const answer = (await refused) as Response;
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(await answer.json()).toMatchObject({
      code: 'unavailable',
      detail: 'Too many queries are waiting. Retry later.',
    });
    // The product's own questions and exports have lanes of their own.
    expect((await product.fetch('/readyz')).status).toBe(200);
    expect((await product.fetch('/api/v1/export/functions')).status).toBe(200);
    leave.abort();
    expect((await product.fetch('/api/v1/overview')).status).toBe(200);
    await Promise.all(asked);
  } finally {
    await product.close();
    removeFolder(product.folder);
  }
});
