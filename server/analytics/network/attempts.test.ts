import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSegment } from '../../../ingest/documents/xray.ts';
import type { TraceSegment } from '../../../ingest/records/trace-segment.ts';
import type { LambdaSegment, Span } from './attempts.ts';
import { pairRuns } from './attempts.ts';
import { preInitOf } from './pre-init.ts';

const ns = (ms: number): bigint => BigInt(ms) * 1_000_000n;
const part = (id: string, name: string, fromMs: number, toMs: number): Span & { id: string } => ({
  id,
  name,
  startNs: ns(fromMs),
  endNs: ns(toMs),
});
const service = (
  id: string,
  fromMs: number,
  toMs: number,
  ...subsegments: (Span & { id: string })[]
): LambdaSegment => ({
  ...part(id, 'f', fromMs, toMs),
  parentId: null,
  origin: 'AWS::Lambda',
  subsegments,
});
const run = (
  id: string,
  parentId: string | null,
  fromMs: number,
  toMs: number,
  init: readonly [number, number] | null,
): LambdaSegment => ({
  ...part(id, 'f', fromMs, toMs),
  parentId,
  origin: 'AWS::Lambda::Function',
  subsegments: init === null ? [] : [part(`${id}-init`, 'Initialization', ...init)],
});
/** Pre-init time of each run by its id. */
const preInits = (segments: readonly LambdaSegment[]): Readonly<Record<string, number | null>> =>
  Object.fromEntries(pairRuns(segments).map((pair) => [pair.run.id, preInitOf(pair)?.preInitMs ?? null]));

const corpus = readFileSync(join(import.meta.dirname, '../../../test/fixtures/corpus/lines/xray.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { kind: string; message: string })
  .filter(({ kind }) => kind.startsWith('xray.segment'))
  .map(({ message }) => {
    const read = readSegment(JSON.parse(message) as Parameters<typeof readSegment>[0]);
    if (!read.ok) throw new Error(read.reason);
    return read.records[0] as TraceSegment;
  });

test('documents of a cold start: the function’s carries no request id and is found by its parent', () => {
  const traceId = '1-6ac52cb7-0123456789abcdef01234567';
  const segments = corpus.filter((segment) => segment.traceId === traceId);
  expect(segments.find((segment) => segment.origin === 'AWS::Lambda::Function')?.requestId).toBeNull();
  const found = Object.values(preInits(segments));
  expect(found).toHaveLength(1);
  // The service's segment begins at .596 s, Initialization at .970087 s.
  expect(found[0]).toBeCloseTo(374.087, 3);
  expect(preInits(segments.toReversed())).toEqual(preInits(segments));
});

test('the example of X-Ray’s developer guide: neither the time after init nor that after the function counts', () => {
  // 1fb07842d944e714 and 00f91aa01f4984fd, ms after 1499473411000. Init ends 11 ms before the function's segment begins, which
  // ends 2 ms before the service's.
  const segments = [service('s', 677, 3572), run('r', 's', 1830, 3570, [1064, 1819])];
  expect(preInits(segments)).toEqual({ r: 387 });
});

test('where the clocks of the segments disagree, lengths are compared', () => {
  // 800 - 400 - 300 ms. By starts nothing would have passed before init, and 100 ms after the function.
  expect(preInits([service('s', 0, 800), run('r', 's', 300, 700, [0, 300])])).toEqual({ r: 100 });
  // The function's clock is 30 ms ahead: it ends after the service. 800 - 400 - 300 again, not 130.
  expect(preInits([service('s', 0, 800), run('r', 's', 430, 830, [130, 430])])).toEqual({ r: 100 });
  // 25 ms beside init and function are the service's work; 26 are not.
  expect(preInits([service('s', 0, 825), run('r', 's', 400, 800, [100, 400])])).toEqual({ r: 100 });
  expect(preInits([service('s', 0, 826), run('r', 's', 400, 800, [100, 400])])).toEqual({ r: 126 });
});

test('retries in one trace: each run belongs to the service segment that it names', () => {
  const segments = [
    run('r2', 's2', 5100, 5200, [5060, 5100]),
    run('r1', 's1', 600, 800, [300, 600]),
    service('s1', 0, 800),
    service('s2', 5000, 5200),
  ];
  // 300 - 0, and 5060 - 5000.
  expect(preInits(segments)).toEqual({ r1: 300, r2: 60 });
});

test('attempts of an asynchronous request: of the attempt that the run names, or in which it began', () => {
  // The service's segment ends when the request is queued, before any attempt.
  const queued = service(
    's',
    0,
    15,
    part('d', 'Dwell Time', 0, 45),
    part('a1', 'Attempt #1', 45, 550),
    part('a2', 'Attempt #2', 60_000, 60_400),
  );
  // 100 - 45, and 60,150 - 60,000.
  const expected = { r1: 55, r2: 150 };
  const first = (parent: string) => run('r1', parent, 350, 550, [100, 350]);
  const second = (parent: string) => run('r2', parent, 60_250, 60_400, [60_150, 60_250]);
  expect(preInits([first('a1'), queued, second('a2')])).toEqual(expected);
  expect(preInits([second('s'), first('s'), queued])).toEqual(expected);
});

test.each([
  ['a parent that is not stored', [service('s', 0, 800), run('r', 'x', 600, 800, [300, 600])]],
  ['no parent', [service('s', 0, 800), run('r', null, 600, 800, [300, 600])]],
  ['a parent that is no segment of the service', [run('r', 'q', 600, 800, [300, 600]), run('q', 'r', 0, 800, null)]],
  ['a warm run', [service('s', 0, 800), run('r', 's', 600, 800, null)]],
  ['a segment in progress', [{ ...service('s', 0, 800), endNs: null }, run('r', 's', 600, 800, [300, 600])]],
  [
    'two runs of one segment without attempts',
    [service('s', 0, 900), run('r', 's', 600, 700, [300, 600]), run('q', 's', 800, 900, null)],
  ],
])('unknown for %s', (_case, segments) => {
  expect(preInits(segments)['r']).toBeNull();
});

test.each([
  [99, null],
  [100, 'a1'],
  [199, 'a1'],
  [200, null],
  [250, null],
  [300, 'a2'],
  // The document of an attempt that still ran when it was written has no end.
  [90_000, 'a2'],
])('a run that began at %i ms belongs to the attempt %s', (ms, expected) => {
  const open = { ...part('a2', 'Attempt #2', 300, 400), endNs: null };
  const segments = [service('s', 0, 10, part('a1', 'Attempt #1', 100, 200), open), run('r', 's', ms, ms + 5, null)];
  const [pair] = pairRuns(segments);
  expect((pair?.attempt as { id: string } | null)?.id ?? null).toBe(expected);
});

test('time in the queue is no time before init; other parts of the service are', () => {
  const parts = [part('d', 'Dwell Time', 0, 50), part('e', 'Dwell Time', 60, 70), part('o', 'Other', 0, 20)];
  // 800 - 200 - 300 - 50 - 10.
  expect(preInits([service('s', 0, 800, ...parts), run('r', 's', 600, 800, [300, 600])])).toEqual({ r: 240 });
});

test('an init that reaches into the function’s segment is subtracted once', () => {
  // 800 - 300 of the function, of which the init took 100, and 200 before it.
  const [pair] = pairRuns([service('s', 0, 800), run('r', 's', 500, 800, [300, 600])]);
  expect(pair === undefined ? null : preInitOf(pair)).toEqual({ preInitMs: 300, initMs: 300, startMs: 0 });
  // Wholly inside, as newer documents have it.
  expect(preInits([service('s', 0, 800), run('r', 's', 300, 800, [300, 600])])).toEqual({ r: 300 });
});

test('an init that began before the request: by how much', () => {
  expect(preInits([service('s', 1000, 1800), run('r', 's', 1600, 1800, [300, 600])])).toEqual({ r: -700 });
});
