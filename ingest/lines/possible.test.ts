/** Limits are those of "Lambda quotas" and of the pages on billing and Managed Instances in the Lambda Developer Guide. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeFirehose, decodeLambdaEvent, decodeStreams } from '../decode/pipeline.ts';
import { readRawLogs } from '../formats/raw-logs.ts';
import { parsePlatformLine } from './platform-line.ts';
import { impossibleFigures, isPossiblePlain } from './possible.ts';

const ID = '3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab';
const text = (fields: string): string => `REPORT RequestId: ${ID}\t${fields}\t\n`;
const usual = (duration: string, billed: string, size = '128', used = '64', rest = ''): string =>
  text(
    `Duration: ${duration} ms\tBilled Duration: ${billed} ms\tMemory Size: ${size} MB\tMax Memory Used: ${used} MB${rest}`,
  );
const json = (metrics: object, type = 'platform.report', more: object = {}): string =>
  JSON.stringify({ time: '2026-11-20T10:00:00.000Z', type, record: { requestId: ID, metrics, ...more } });
const WHOLE = { durationMs: 10, billedDurationMs: 10, memorySizeMB: 128, maxMemoryUsedMB: 64 };

const refused: readonly (readonly [string, string])[] = [
  // Numbers of another form: not read as 1, 0, 1.2 and 1.
  [usual('1e5', '10'), 'number-unreadable'],
  [usual('0x10', '10'), 'number-unreadable'],
  [usual('1.2.3', '10'), 'number-unreadable'],
  [usual('1,234.5', '10'), 'number-unreadable'],
  [usual('-5', '10'), 'number-unreadable'],
  [usual('10', '1e5'), 'number-unreadable'],
  [usual('10', '10', '0x80'), 'number-unreadable'],
  [usual('10', '10', '128', '1.2.3'), 'number-unreadable'],
  [usual('10', '10', '128', '64', '\tInit Duration: 3e2 ms'), 'number-unreadable'],
  [text('Duration: 5 parsecs\tBilled Duration: 5 ms'), 'number-unreadable'],
  ['INIT_REPORT Init Duration: 1e5 ms\n', 'number-unreadable'],
  ['RESTORE_REPORT Restore Duration: 1.2.3 ms\n', 'number-unreadable'],
  [json({ ...WHOLE, durationMs: '0x10' }), 'number-unreadable'],
  [json({ ...WHOLE, billedDurationMs: '1e5' }), 'number-unreadable'],
  [json({ ...WHOLE, memorySizeMB: -128 }), 'number-unreadable'],
  [json({ ...WHOLE, maxMemoryUsedMB: [64] }), 'number-unreadable'],
  // Whole numbers at Lambda, which would be rounded.
  [usual('10', '10', '128.5'), 'number-not-whole'],
  [usual('10', '10', '128', '64.25'), 'number-not-whole'],
  [usual('10', '10.5'), 'number-not-whole'],
  [usual('10', '10', '128', '64', '\tRestore Duration: 9.5 ms\tBilled Restore Duration: 9.5 ms'), 'number-not-whole'],
  [text('Duration: 5 ms\tMemory Size: 0.2 GB'), 'number-not-whole'],
  [json({ ...WHOLE, memorySizeMB: 128.5 }), 'number-not-whole'],
  [json({ ...WHOLE, maxMemoryUsedMB: '64.1' }), 'number-not-whole'],
  [json({ ...WHOLE, billedDurationMs: 10.000001 }), 'number-not-whole'],
  [json({ durationMs: 1, billedDurationMs: 0.5 }, 'platform.initReport'), 'number-not-whole'],
  // Less billed than ran, though no timeout cut it; more of a restore than it took.
  [usual('84.11', '50'), 'billed-impossible'],
  [usual('84.11', '0'), 'billed-impossible'],
  [usual('3003.17', '2999'), 'billed-impossible'],
  [usual('70001', '10000'), 'billed-impossible'],
  [usual('84.11', '64', '128', '64', '\tInit Duration: 20 ms'), 'billed-impossible'],
  [json({ ...WHOLE, durationMs: 12.34 }), 'billed-impossible'],
  [usual('10', '60', '128', '64', '\tRestore Duration: 49 ms\tBilled Restore Duration: 50 ms'), 'billed-impossible'],
  // A field twice, and a figure that is none in a span.
  ['INIT_REPORT Init Duration: 5 ms\tPhase: init\tInit Duration: 6 ms\n', 'field-repeated'],
  ['RESTORE_REPORT Restore Duration: 5 ms\tRestore Duration: 6 ms\n', 'field-repeated'],
  [json(WHOLE, 'platform.report', { spans: [{ name: 'responseLatency', durationMs: -1 }] }), 'number-unreadable'],
  [json(WHOLE, 'platform.report', { spans: [{ name: 'responseLatency', durationMs: '1e3' }] }), 'number-unreadable'],
  // Beyond what Lambda can do.
  [usual('9007199254740993', '9007199254740993', '99999999', '99999999'), 'duration-impossible'],
  [usual('970000', '970000'), 'duration-impossible'],
  [usual('10', '10', '128', '64', '\tInit Duration: 970000 ms'), 'duration-impossible'],
  [usual('10', '900000'), 'billed-impossible'],
  [usual('10', '10', '10241'), 'memory-impossible'],
  [usual('10', '10', '0', '0'), 'memory-impossible'],
  [usual('10', '10', '128', '300'), 'memory-impossible'],
  [text('Duration: 17 min\tBilled Duration: 17 min'), 'duration-impossible'],
  ['INIT_REPORT Init Duration: 970000.00 ms\tPhase: init\tStatus: timeout\n', 'duration-impossible'],
  ['RESTORE_REPORT Restore Duration: 970000.00 ms\n', 'duration-impossible'],
  [json({ ...WHOLE, durationMs: 1e9, billedDurationMs: 1e9 }), 'duration-impossible'],
  [json({ ...WHOLE, billedDurationMs: 900_000 }), 'billed-impossible'],
  [json({ ...WHOLE, memorySizeMB: 99_999_999 }), 'memory-impossible'],
  [json({ ...WHOLE, memorySizeMB: 0, maxMemoryUsedMB: 0 }), 'memory-impossible'],
  [json({ durationMs: 5_500_000 }), 'duration-impossible'],
  [json(WHOLE, 'platform.report', { spans: [{ name: 'responseLatency', durationMs: 1e9 }] }), 'duration-impossible'],
  [json({ durationMs: 1e12 }, 'platform.runtimeDone'), 'duration-impossible'],
  [json({ durationMs: 1e12 }, 'platform.initReport'), 'duration-impossible'],
  [json({ durationMs: 1e12 }, 'platform.restoreReport'), 'duration-impossible'],
];

const possible: readonly string[] = [
  usual('900000.00', '900000', '10240', '10240'),
  usual('900148.21', '900000'),
  // Until December 2020, in units of 100 ms.
  usual('3.21', '100'),
  // An init that REPORT does not state is billed since August 2025.
  usual('3.21', '9500'),
  usual('10', '10', '128', '129'),
  usual('3003.17', '3000', '128', '64', '\tInit Duration: 250.5 ms\tStatus: timeout'),
  // Cut by a timeout of 3 s, and billed with an init or restore, in whole seconds or not.
  usual('3003.17', '3002', '128', '64', '\tInit Duration: 1.50 ms'),
  usual('122066.85', '120000', '128', '74'),
  usual('10010.99', '10000', '128', '64', '\tStatus: timeout'),
  // Copies round durations, and write whole numbers with a point.
  usual('84.49', '84'),
  usual('84', '84.0', '128.0', '64.00'),
  usual('127.10', '154', '2048', '212', '\tRestore Duration: 325.93 ms\tBilled Restore Duration: 26 ms'),
  text('Duration: 5 ms\tMemory Size: 0.5 GB\tMax Memory Used: 65536 KB'),
  'INIT_REPORT Init Duration: 5 ms\tPhase: init\tInit Duration: 5 ms\n',
  text('Duration: 9804ms\tBilled Duration: 9804msMemory Size: 128 MB'),
  text('Duration: 1.5 s\tBilled Duration: 1500 ms\tMemory Size: 1 GB\tMax Memory Used: 900 MB'),
  // Managed Instances: up to 90 minutes, and nothing but the duration.
  json({ durationMs: 5_400_000 }),
  `REPORT RequestId: ${ID}\tDuration: 5400000 ms\n`,
  json({ ...WHOLE, durationMs: 1e1 }),
  json({ ...WHOLE, initDurationMs: 899_000, billedDurationMs: 899_010 }),
];

test.each(refused)('%s', (line, reason) => {
  expect(parsePlatformLine(line)).toEqual({ ok: false, reason });
});

test.each(possible)('%s is read', (line) => {
  expect(parsePlatformLine(line)).toMatchObject({ ok: true });
});

const context = { raw: 'off', region: 'eu-west-1', selfLogGroups: [] } as const;
const AT = Date.UTC(2026, 10, 20, 10);
const source = { account: '123456789012', region: 'eu-west-1', logGroup: '/aws/lambda/f', logStream: '' };

function decodedBy(way: string, line: string) {
  const message = JSON.stringify({
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: '/aws/lambda/f',
    logStream: '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef',
    subscriptionFilters: ['all'],
    logEvents: [{ id: '1', timestamp: AT, message: line }],
  });
  const data = gzipSync(way === 'parsed' ? ` ${message}` : message).toString('base64');
  if (way === 'lambda') {
    const result = decodeLambdaEvent(Buffer.from(JSON.stringify({ awslogs: { data } })), context);
    return result.ok ? result.batch : null;
  }
  if (way === 'file') {
    const events = [{ timestamp: AT, message: line, logStreamName: 's' }];
    const logs = readRawLogs(Buffer.from(JSON.stringify({ events })), source);
    return logs.ok ? decodeStreams(logs, source, context) : null;
  }
  const body = JSON.stringify({ requestId: 'r', timestamp: 1, records: [{ data }] });
  const result = decodeFirehose(Buffer.from(body), { requestId: 'r' }, context);
  return result.ok ? result.batch : null;
}

test.each(['in place', 'parsed', 'lambda', 'file'])('every line keeps its reason: %s', (way) => {
  for (const [line, reason] of refused) {
    const batch = decodedBy(way, line);
    expect({ line, n: batch?.invocations.n, reasons: batch?.deadLetters.map((letter) => letter.reason) }).toEqual({
      line,
      n: 0,
      reasons: [reason],
    });
  }
});

test.each([
  [128, 64, true],
  [10_240, 10_240, true],
  [0, 0, false],
  [10_241, 64, false],
  [128, 300, false],
])('a size of %d MB with %d MB used, read in place: %s', (sizeMb, usedMb, possible) => {
  expect(isPossiblePlain(10, 10, sizeMb, usedMb, Number.NaN)).toBe(possible);
});

/**
 * Fifteen minutes, on Managed Instances ninety, and a minute until the end is reported. Billed: the time, with inits, 10 s of
 * an init that is not stated, and the next second. Memory: 10,240 MB, on Managed Instances 32,768; used up to a quarter and
 * 64 MB more.
 */
describe('bounds', () => {
  const NONE = Number.NaN;
  const reportOf = (more: object) =>
    impossibleFigures({
      kind: 'report',
      requestId: ID,
      durationMs: 10,
      billedDurationMs: 10,
      memorySizeMb: 128,
      maxMemoryUsedMb: 64,
      initDurationMs: null,
      restoreDurationMs: null,
      billedRestoreDurationMs: null,
      runtimeDurationMs: null,
      timedOutAfterSec: null,
      status: null,
      errorType: null,
      trace: null,
      tenantId: null,
      spans: null,
      unknownKeys: [],
      ...more,
    });

  test.each([
    ['a duration of 16 minutes', { durationMs: 960_000, billedDurationMs: 900_000 }, null],
    ['a longer one', { durationMs: 960_001 }, 'duration-impossible'],
    ['an init of 16 minutes', { initDurationMs: 960_000 }, null],
    ['a longer one', { initDurationMs: 960_001 }, 'duration-impossible'],
    ['a restore of 16 minutes', { restoreDurationMs: 960_000 }, null],
    ['a longer one', { restoreDurationMs: 960_001 }, 'duration-impossible'],
    ['a billed restore of 16 minutes', { billedRestoreDurationMs: 960_000 }, null],
    ['a longer one', { billedRestoreDurationMs: 960_001 }, 'duration-impossible'],
    ['a runtime of 16 minutes', { runtimeDurationMs: 960_000 }, null],
    ['a longer one', { runtimeDurationMs: 960_001 }, 'duration-impossible'],
    ['a span of 16 minutes', { spans: { responseLatency: 960_000 } }, null],
    ['a longer one', { spans: { responseLatency: 960_001 } }, 'duration-impossible'],
    ['without a billed duration, 91 minutes', { billedDurationMs: null, durationMs: 5_460_000 }, null],
    ['more', { billedDurationMs: null, durationMs: 5_460_001 }, 'duration-impossible'],
    ['billed eleven seconds more than the duration', { billedDurationMs: 11_010 }, null],
    ['more', { billedDurationMs: 11_011 }, 'billed-impossible'],
    ['with a stated init', { initDurationMs: 500, billedDurationMs: 11_510 }, null],
    ['more', { initDurationMs: 500, billedDurationMs: 11_511 }, 'billed-impossible'],
    ['with a stated restore', { restoreDurationMs: 500, billedDurationMs: 11_510 }, null],
    ['more', { restoreDurationMs: 500, billedDurationMs: 11_511 }, 'billed-impossible'],
    ['with both', { initDurationMs: 200, restoreDurationMs: 300, billedDurationMs: 11_510 }, null],
    ['more', { initDurationMs: 200, restoreDurationMs: 300, billedDurationMs: 11_511 }, 'billed-impossible'],
    ['without a duration, 16 minutes and 11 seconds', { durationMs: null, billedDurationMs: 971_000 }, null],
    ['more', { durationMs: null, billedDurationMs: 971_001 }, 'billed-impossible'],
    ['10,240 MB', { memorySizeMb: 10_240, maxMemoryUsedMb: 64 }, null],
    ['more', { memorySizeMb: 10_241, maxMemoryUsedMb: 64 }, 'memory-impossible'],
    ['32,768 MB without a billed duration', { billedDurationMs: null, memorySizeMb: 32_768 }, null],
    ['more', { billedDurationMs: null, memorySizeMb: 32_769 }, 'memory-impossible'],
    ['0 MB', { memorySizeMb: 0, maxMemoryUsedMb: 0 }, 'memory-impossible'],
    ['1 MB', { memorySizeMb: 1, maxMemoryUsedMb: 0 }, null],
    ['224 MB used of 128', { maxMemoryUsedMb: 224 }, null],
    ['more', { maxMemoryUsedMb: 225 }, 'memory-impossible'],
    ['12,864 MB used of a size that is not stated', { memorySizeMb: null, maxMemoryUsedMb: 12_864 }, null],
    ['more', { memorySizeMb: null, maxMemoryUsedMb: 12_865 }, 'memory-impossible'],
    ['a size that cannot be read', { memorySizeMb: NONE }, 'number-unreadable'],
    ['used memory that cannot be read', { maxMemoryUsedMb: NONE }, 'number-unreadable'],
    ['a billed duration that cannot be read', { billedDurationMs: NONE }, 'number-unreadable'],
    [
      'an init that cannot be read beside a duration that is too long',
      { initDurationMs: NONE, durationMs: 1e9 },
      'number-unreadable',
    ],
    ['no figures', { durationMs: null, billedDurationMs: null, memorySizeMb: null, maxMemoryUsedMb: null }, null],
  ])('REPORT, %s', (_, more, problem) => {
    expect(reportOf(more)).toBe(problem);
  });

  const init = { initializationType: null, phase: null, status: null, errorType: null };
  const restore = { status: null, errorType: null, spans: null };
  test.each([
    ['a fault after 91 minutes', { kind: 'fault', timedOutAfterSec: 5460 }, null],
    ['after more', { kind: 'fault', timedOutAfterSec: 5461 }, 'duration-impossible'],
    ['without a time', { kind: 'fault', timedOutAfterSec: null }, null],
    ['INIT_REPORT', { ...init, kind: 'init-report', initDurationMs: 960_000, billedDurationMs: null }, null],
    [
      'INIT_REPORT, longer',
      { ...init, kind: 'init-report', initDurationMs: 960_001, billedDurationMs: null },
      'duration-impossible',
    ],
    ['INIT_REPORT, billed', { ...init, kind: 'init-report', initDurationMs: null, billedDurationMs: 960_000 }, null],
    [
      'INIT_REPORT, billed more',
      { ...init, kind: 'init-report', initDurationMs: null, billedDurationMs: 960_001 },
      'duration-impossible',
    ],
    ['RESTORE_REPORT', { ...restore, kind: 'restore-report', restoreDurationMs: 960_000 }, null],
    [
      'RESTORE_REPORT, longer',
      { ...restore, kind: 'restore-report', restoreDurationMs: 960_001 },
      'duration-impossible',
    ],
    [
      'RESTORE_REPORT, span',
      { ...restore, kind: 'restore-report', restoreDurationMs: 1, spans: { a: 960_001 } },
      'duration-impossible',
    ],
    ['a restore that is done', { ...restore, kind: 'restore-runtime-done', spans: { a: 960_000 } }, null],
    [
      'a restore that is done, longer',
      { ...restore, kind: 'restore-runtime-done', spans: { a: 960_001 } },
      'duration-impossible',
    ],
    ['a runtime that is done', { kind: 'runtime-done', durationMs: 5_460_000, spans: null }, null],
    [
      'a runtime that is done, longer',
      { kind: 'runtime-done', durationMs: 5_460_001, spans: null },
      'duration-impossible',
    ],
    [
      'a runtime that is done, span',
      { kind: 'runtime-done', durationMs: 1, spans: { a: 5_460_001 } },
      'duration-impossible',
    ],
    ['START', { kind: 'start' }, null],
  ])('%s', (_, line, problem) => {
    expect(impossibleFigures(line as Parameters<typeof impossibleFigures>[0])).toBe(problem);
  });

  test.each([
    ['a duration of 16 minutes', [960_000, 900_000, 128, 64, NONE], true],
    ['a longer one', [960_001, 960_001, 128, 64, NONE], false],
    ['billed a fraction', [10, 10.5, 128, 64, NONE], false],
    ['billed less', [84.11, 50, 128, 64, NONE], false],
    ['billed a timeout', [3003.17, 3000, 128, 64, NONE], true],
    ['billed a timeout and an init', [3003.17, 3002, 128, 64, 1.5], true],
    ['an init of 16 minutes', [10, 10, 128, 64, 960_000], true],
    ['a longer one', [10, 10, 128, 64, 960_001], false],
    ['billed eleven seconds more', [10, 11_010, 128, 64, NONE], true],
    ['billed more', [10, 11_011, 128, 64, NONE], false],
    ['billed with an init', [10, 11_510, 128, 64, 500], true],
    ['billed more with an init', [10, 11_511, 128, 64, 500], false],
    ['10,240 MB', [10, 10, 10_240, 64, NONE], true],
    ['10,241 MB', [10, 10, 10_241, 64, NONE], false],
    ['0 MB', [10, 10, 0, 0, NONE], false],
    ['1 MB', [10, 10, 1, 0, NONE], true],
    ['224 MB used of 128', [10, 10, 128, 224, NONE], true],
    ['225 MB used of 128', [10, 10, 128, 225, NONE], false],
  ] as const)('in place, %s', (_, [duration, billed, size, used, ofInit], possible) => {
    expect(isPossiblePlain(duration, billed, size, used, ofInit)).toBe(possible);
  });
});
