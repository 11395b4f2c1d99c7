/** How often the disk is measured, and by which thread: at rest, under load, and where space is short. */
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../ingest/records/time.ts';
import type { FileThread } from '../storage/files/file-thread.ts';
import type { Damage, FolderReading } from '../storage/ports/maintenance.ts';
import { StorageWatch } from './storage-watch.ts';

const GIB = 1_073_741_824;
const LEAST_BYTES = GIB;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp() {
  const stage = {
    reading: { freeBytes: 100 * GIB, databaseBytes: 0, hasBallast: true } as FolderReading,
    lastWriteMs: performance.now() as number | null,
    detached: null as string | null,
    measured: [] as string[],
    troubles: [] as string[],
    writerFails: false,
    check: Promise.resolve([]) as Promise<readonly Damage[]>,
  };
  const watch = new StorageWatch({
    folder: '/nowhere',
    minFreeBytes: LEAST_BYTES,
    maintenance: {
      measure: async () => {
        stage.measured.push('writer');
        if (stage.writerFails) throw new Error('the writer restarts');
        return stage.reading;
      },
      reusableBytes: async () => 0,
      detached: () => stage.detached,
      check: () => stage.check,
      backup: () => Promise.reject(new Error('not here')),
    },
    files: {
      run: (async (name: string) => {
        stage.measured.push(name === 'measure' ? 'file thread' : name);
        return stage.reading;
      }) as unknown as FileThread['run'],
    },
    now: Date.now,
    log: pino({ level: 'silent' }),
    onTrouble: (trouble, sentence) => void stage.troubles.push(`${trouble} ${sentence === null ? 'ends' : 'begins'}`),
    lastWriteMs: () => stage.lastWriteMs,
  });
  /** A round each second, as the schedule has it; returns who measured. */
  const rounds = async (n: number): Promise<readonly string[]> => {
    stage.measured.length = 0;
    for (let round = 0; round < n; round += 1) {
      await vi.advanceTimersByTimeAsync(SECOND_MS);
      await watch.round();
    }
    return [...stage.measured];
  };
  return Object.assign(stage, { watch, rounds });
}

function pendingCheck() {
  let resolve: (found: readonly Damage[]) => void = () => undefined;
  const promise = new Promise<readonly Damage[]>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

const SECONDS = 20;
const each = (who: string, n: number): readonly string[] => new Array<string>(n).fill(who);

test('within a minute of a write the file thread measures in every round', async () => {
  const { rounds } = setUp();
  expect(await rounds(SECONDS)).toEqual(each('file thread', SECONDS));
});

test('at rest the writer measures every five seconds, until something is written', async () => {
  const stage = setUp();
  await stage.rounds(MINUTE_MS / SECOND_MS);
  expect(await stage.rounds(SECONDS)).toEqual(each('writer', SECONDS / 5));
  stage.lastWriteMs = performance.now();
  expect(await stage.rounds(SECONDS)).toEqual(each('file thread', SECONDS));
});

test('where other processes write too, it is never at rest', async () => {
  const stage = setUp();
  stage.lastWriteMs = null;
  await stage.rounds(MINUTE_MS / SECOND_MS);
  expect(await stage.rounds(SECONDS)).toEqual(each('file thread', SECONDS));
});

test('with less than four times the least free space every round measures, at rest too', async () => {
  const stage = setUp();
  stage.reading = { ...stage.reading, freeBytes: 4 * LEAST_BYTES - 1 };
  await stage.rounds(MINUTE_MS / SECOND_MS);
  expect(await stage.rounds(SECONDS)).toEqual(each('writer', SECONDS));
});

test('a disk that fills at rest is noticed within five seconds, and at once by a sender', async () => {
  const stage = setUp();
  await stage.rounds(MINUTE_MS / SECOND_MS + 1);
  stage.reading = { ...stage.reading, freeBytes: LEAST_BYTES - 1 };
  stage.troubles.length = 0;
  await stage.rounds(5);
  expect(stage.troubles).toEqual(['disk begins']);
  stage.reading = { ...stage.reading, freeBytes: 100 * GIB };
  await stage.rounds(10);
  stage.reading = { ...stage.reading, freeBytes: LEAST_BYTES - 1 };
  await vi.advanceTimersByTimeAsync(SECOND_MS);
  // The request has the disk measured; the next one is refused.
  expect(stage.watch.pauseReason()).toBeNull();
  await vi.advanceTimersByTimeAsync(0);
  expect(stage.watch.pauseReason()).toContain('Ingest is paused');
});

test('where the writer fails, the file thread measures', async () => {
  const stage = setUp();
  await stage.rounds(MINUTE_MS / SECOND_MS + 1);
  stage.writerFails = true;
  expect(await stage.rounds(5)).toEqual(['writer', 'file thread']);
  expect(stage.watch.pauseReason()).toBeNull();
});

test('a file that was replaced is reported in the next round, also at rest', async () => {
  const stage = setUp();
  await stage.rounds(MINUTE_MS / SECOND_MS + 1);
  stage.detached = 'telemetry.db is no longer the file that the server opened';
  stage.troubles.length = 0;
  await stage.rounds(1);
  expect(stage.troubles).toEqual(['files begins']);
  expect(stage.watch.pauseReason()).toContain('Ingest is paused');
});

test('ingest waits for the first check, and no longer than it was told', async () => {
  const { promise, resolve } = pendingCheck();
  const stage = setUp();
  stage.check = promise;
  void stage.watch.check();
  stage.watch.holdIngest(5000);
  await vi.advanceTimersByTimeAsync(4999);
  expect(stage.watch.pauseReason()).toContain('is checked after the start');
  await vi.advanceTimersByTimeAsync(1);
  expect(stage.watch.pauseReason()).toBeNull();
  stage.watch.holdIngest(5000);
  expect(stage.watch.pauseReason()).not.toBeNull();
  resolve([]);
  await vi.advanceTimersByTimeAsync(0);
  expect(stage.watch.pauseReason()).toBeNull();
});

test('damage that the first check finds pauses ingest without a gap', async () => {
  const { promise, resolve } = pendingCheck();
  const stage = setUp();
  stage.check = promise;
  void stage.watch.check();
  stage.watch.holdIngest(5000);
  resolve([{ file: 'telemetry.db', kind: 'structure', findings: ['malformed'] }]);
  await vi.advanceTimersByTimeAsync(0);
  expect(stage.watch.pauseReason()).toContain('the database is damaged');
});
