/** Limits are those of "Lambda quotas" and of the pages on billing and Managed Instances in the Lambda Developer Guide. */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeFirehose, decodeLambdaEvent, decodeStreams } from '../decode/pipeline.ts';
import { readRawLogs } from '../formats/raw-logs.ts';
import { parsePlatformLine } from './platform-line.ts';
import { isPossiblePlain } from './possible.ts';

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
