/** Each body must be read: one that is refused would compile little. */
import { afterEach, expect, test, vi } from 'vitest';
import { readRawLogs } from '../formats/raw-logs.ts';
import type { Batch } from '../records/batch.ts';
import type { Decoded } from './pipeline.ts';
import { decodeFirehose, decodeLambdaEvent, decodeStreams } from './pipeline.ts';
import type { WarmUpJob } from './warm-up.ts';
import { warmUp, warmUpJobs } from './warm-up.ts';

function batchOf(job: WarmUpJob): Batch {
  if (job.kind === 'firehose') return ofDecoded(decodeFirehose(job.body, job.headers, job.context));
  if (job.kind === 'lambda') return ofDecoded(decodeLambdaEvent(job.body, job.context));
  const logs = readRawLogs(job.body, job.source);
  if (!logs.ok) throw new Error(logs.message);
  return decodeStreams(logs, job.source, job.context);
}

function ofDecoded(decoded: Decoded): Batch {
  if (!decoded.ok) throw new Error(decoded.message);
  return decoded.batch;
}

afterEach(() => {
  vi.useRealTimers();
});

test('the first body is read five seconds after the start, each other one 5 ms after the one before was read', async () => {
  vi.useFakeTimers();
  const [first, second] = warmUpJobs();
  if (first === undefined || second === undefined) throw new Error('no bodies');
  const read: WarmUpJob[] = [];
  let answer: () => void = () => undefined;
  warmUp((job) => {
    read.push(job);
    return new Promise<void>((resolve) => {
      answer = resolve;
    });
  }, [first, second][Symbol.iterator]());
  await vi.advanceTimersByTimeAsync(4999);
  expect(read).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(read).toEqual([first]);
  // A body that takes long is not joined by the next.
  await vi.advanceTimersByTimeAsync(10_000);
  expect(read).toEqual([first]);
  answer();
  await vi.advanceTimersByTimeAsync(4);
  expect(read).toEqual([first]);
  await vi.advanceTimersByTimeAsync(1);
  expect(read).toEqual([first, second]);
  answer();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(vi.getTimerCount()).toBe(0);
});

test('the pause keeps no thread alive', () => {
  const unref = vi.fn();
  const timer = vi.spyOn(globalThis, 'setTimeout').mockReturnValue({ unref } as unknown as NodeJS.Timeout);
  warmUp(() => expect.fail());
  expect(unref).toHaveBeenCalledOnce();
  timer.mockRestore();
});

test('each body is small, and of all but one something is read', () => {
  const jobs = [...warmUpJobs()];
  expect(Math.max(...jobs.map(({ body }) => body.length))).toBeLessThan(14_000);
  const batches = jobs.map(batchOf);
  const unread = batches.filter(({ counts }) => counts.events === 0);
  // Lines that are no events are a kind of their own.
  expect(unread).toHaveLength(jobs.length / new Set(jobs.map(({ body }) => body.toString('latin1'))).size);
  const refused = new Set(batches.flatMap(({ deadLetters }) => deadLetters.map(({ reason }) => reason)));
  // The empty ends of lists, and those lines.
  expect([...refused].toSorted()).toEqual([
    'function-without-name',
    'insights-without-message',
    'line-without-time',
    'log-event-without-message',
  ]);
});
