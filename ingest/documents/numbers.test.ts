/** One grammar of numbers for all readers: digits with an optional fraction. Anything else is no number, and never another one. */
import { describe, expect, test } from 'vitest';
import { readEventTime } from '../formats/event-time.ts';
import { eachLiteral } from '../formats/literals.ts';
import { parsePlatformLine } from '../lines/platform-line.ts';
import { DEFAULT_DOCUMENT_OPTIONS, readDocument, readDocumentMessage } from './read-document.ts';

function parseLiterals(text: string) {
  const values: unknown[] = [];
  const { n, rest, isShortened } = eachLiteral(text, (value) => values.push(value));
  expect(n).toBe(values.length);
  return { values, rest, isShortened };
}

const ODD = [
  '1e1',
  '0x10',
  '1.2.3',
  '+5',
  '5.',
  '.5',
  'Infinity',
  'NaN',
  '1_0',
  '1,000',
  '--5',
  '５',
  '٥',
  '5n',
  '5 5',
];
/** Blanks divide the fields of text lines, but are no part of a number in a document. */
const ODD_TEXTS = [...ODD, ' 5', '5 ', '\t5', ''];

const ID = '3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab';

/** A member of the line that the text is parsed to, or the reason why it is none. */
function fieldOf(message: string, name: string): unknown {
  const result = parsePlatformLine(message);
  if (!result.ok) return result.reason;
  return Object.entries(result.line).find(([key]) => key === name)?.[1];
}

const report = (field: string, unit: string) => (n: string) =>
  `REPORT RequestId: ${ID}\tDuration: 5 ms\tMemory Size: 128 MB\t${field}: ${n} ${unit}\t\n`;

/** Sizes, and what is billed. */
const WHOLE = /^(?:memory|maxMemory|billed)/;

const LINES: readonly (readonly [field: string, name: string, line: (n: string) => string])[] = [
  ['Duration', 'durationMs', (n) => `REPORT RequestId: ${ID}\tDuration: ${n} ms\tMemory Size: 128 MB\t\n`],
  ['Memory Size', 'memorySizeMb', (n) => `REPORT RequestId: ${ID}\tDuration: 5 ms\tMemory Size: ${n} MB\t\n`],
  ['Billed Duration', 'billedDurationMs', report('Billed Duration', 'ms')],
  ['Max Memory Used', 'maxMemoryUsedMb', report('Max Memory Used', 'MB')],
  ['Init Duration', 'initDurationMs', report('Init Duration', 'ms')],
  ['Restore Duration', 'restoreDurationMs', report('Restore Duration', 'ms')],
  ['Billed Restore Duration', 'billedRestoreDurationMs', report('Billed Restore Duration', 'ms')],
  ['Init Duration of INIT_REPORT', 'initDurationMs', (n) => `INIT_REPORT Init Duration: ${n} ms\tPhase: init\n`],
  ['Restore Duration of RESTORE_REPORT', 'restoreDurationMs', (n) => `RESTORE_REPORT Restore Duration: ${n} ms\n`],
];

describe.each(LINES)('%s of a platform line', (_, name, line) => {
  test('is a decimal number', () => {
    expect(fieldOf(line('5'), name)).toBe(5);
    expect(fieldOf(line('05.00'), name)).toBe(5);
    expect(fieldOf(line('05.50'), name)).toBe(WHOLE.test(name) ? 'number-not-whole' : 5.5);
  });

  test.each(ODD)('%j makes the line unreadable', (n) => {
    // Blanks end a number, so that the first one counts.
    expect(fieldOf(line(n), name)).toBe(n === '5 5' ? 5 : 'number-unreadable');
  });
});

test.each(ODD.filter((n) => n !== '5 5'))('a timeout of %j seconds is no platform line', (n) => {
  const line = (seconds: string): string => `2026-11-20T10:00:00.000Z ${ID} Task timed out after ${seconds} seconds`;
  expect(fieldOf(line('5'), 'timedOutAfterSec')).toBe(5);
  expect(fieldOf(line(n), 'timedOutAfterSec')).toBe('not-platform');
});

const METRICS: readonly (readonly [metric: string, name: string])[] = [
  ['durationMs', 'durationMs'],
  ['billedDurationMs', 'billedDurationMs'],
  ['memorySizeMB', 'memorySizeMb'],
  ['maxMemoryUsedMB', 'maxMemoryUsedMb'],
  ['initDurationMs', 'initDurationMs'],
  ['restoreDurationMs', 'restoreDurationMs'],
  ['billedRestoreDurationMs', 'billedRestoreDurationMs'],
];

describe.each(METRICS)('the metric %s of a platform record, as text', (metric, name) => {
  const record = (value: unknown): string =>
    JSON.stringify({
      time: '2026-11-20T10:00:00Z',
      type: 'platform.report',
      record: { requestId: ID, metrics: { durationMs: 5, memorySizeMB: 128, [metric]: value } },
    });

  test('is a decimal number', () => {
    expect(fieldOf(record('5'), name)).toBe(5);
  });

  test.each([...ODD, ' 5', '5 ', '-5'])('%j makes the record unreadable', (n) => {
    expect(fieldOf(record(n), name)).toBe('number-unreadable');
  });

  test.each([-1, true, [5], { value: 5 }])('%j makes the record unreadable', (value) => {
    expect(fieldOf(record(value), name)).toBe('number-unreadable');
  });
});

/** The first record of a document. */
function recordOf(document: object, group = '/g'): Readonly<Record<string, unknown>> | null {
  const text = JSON.stringify(document);
  const result = readDocumentMessage(group, text, DEFAULT_DOCUMENT_OPTIONS);
  const record = result.ok ? result.records[0] : readDocument(document, () => text)?.records[0];
  return record === undefined ? null : Object.fromEntries(Object.entries(record));
}

const SEGMENT = { trace_id: '1-5759e988-bd862e3fe1be46a994272793', id: '53995c3f42cd8ad8', start_time: 1_795_888_751 };
const SPAN = { traceId: '0123456789abcdef0123456789abcdef', spanId: '0123456789abcdef', startTimeUnixNano: 5 };
const FUNCTION = { FunctionName: 'f', FunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:f' };
const INSIGHTS = { request_id: ID, function_name: 'f' };
const GATEWAY = {
  requestId: ID,
  status: '200',
  routeKey: '$default',
  requestTimeEpoch: 1_795_888_751_426,
  integrationLatency: 1,
};
const point = (member: string, n: string) => ({
  lambdaARN: 'f',
  stats: [{ value: '128', averageDuration: '5', averagePrice: '5', [member]: n }],
});

/** Members of documents as text, with what a number of 5 becomes. */
const MEMBERS: readonly (readonly [member: string, read: (n: string) => unknown, five: unknown])[] = [
  [
    'http.response.status of X-Ray',
    (n) => recordOf({ ...SEGMENT, http: { response: { status: n } } })?.['httpStatus'],
    5,
  ],
  ['end_time of X-Ray', (n) => recordOf({ ...SEGMENT, start_time: 1, end_time: n })?.['endNs'], 5_000_000_000n],
  ['durationNano of a span', (n) => recordOf({ ...SPAN, durationNano: n })?.['endNs'], 10n],
  ['endTimeUnixNano of a span', (n) => recordOf({ ...SPAN, endTimeUnixNano: n })?.['endNs'], 5n],
  [
    'http.status_code of a span',
    (n) => recordOf({ ...SPAN, attributes: { 'http.status_code': n } })?.['httpStatus'],
    5,
  ],
  ['MemorySize of a function', (n) => recordOf({ ...FUNCTION, MemorySize: n })?.['memoryMb'], 5],
  ['Timeout of a function', (n) => recordOf({ ...FUNCTION, Timeout: n })?.['timeoutMs'], 5000],
  ['CodeSize of a function', (n) => recordOf({ ...FUNCTION, CodeSize: n })?.['codeSizeBytes'], 5],
  ...['duration', 'billed_mb_ms', 'init_duration', 'used_memory_max', 'cpu_total_time', 'rx_bytes', 'tx_bytes'].map(
    (member, at) =>
      [
        `${member} of Lambda Insights`,
        (n: string) =>
          recordOf({ ...INSIGHTS, [member]: n }, '/aws/lambda-insights')?.[
            ['durationMs', 'billedMbMs', 'initDurationMs', 'usedMemoryMaxMb', 'cpuTotalMs', 'rxBytes', 'txBytes'][at] ??
              ''
          ],
        5,
      ] as const,
  ),
  [
    'Timestamp of embedded metrics',
    (n) => recordOf({ ...INSIGHTS, _aws: { Timestamp: n } }, '/aws/lambda-insights')?.['atMs'],
    5,
  ],
  ['status of an access log', (n) => recordOf({ ...GATEWAY, status: n })?.['status'], 5],
  [
    'integrationLatency of an access log',
    (n) => recordOf({ ...GATEWAY, integrationLatency: n })?.['integrationLatencyMs'],
    5,
  ],
  ['responseLatency of an access log', (n) => recordOf({ ...GATEWAY, responseLatency: n })?.['responseLatencyMs'], 5],
  ['power of Power Tuning', (n) => recordOf({ power: n, duration: 5, cost: 5, ...point('x', '5') })?.['chosenMb'], 5],
  ['num of Power Tuning', (n) => recordOf({ num: n, ...point('x', '5') })?.['invocations'], 5],
];

describe.each(MEMBERS)('%s', (_, read, five) => {
  test('is a decimal number', () => {
    expect(read('5')).toBe(five);
  });

  test.each(ODD_TEXTS)('%j is not known', (n) => {
    expect(read(n) ?? null).toBeNull();
  });
});

test.each(ODD_TEXTS)('%j as a size, duration or cost of Power Tuning is no point', (n) => {
  for (const member of ['value', 'averageDuration', 'averagePrice'])
    expect(readDocument(point(member, n), () => '')?.records ?? [], member).toEqual([]);
});

const T = '1795888751426';
test.each([
  ...[
    `${T}.`,
    `.${T}`,
    `+${T}`,
    `-${T}`,
    '1.795888751426e12',
    '0x1a22c0d3d02',
    '1_795_888_751_426',
    '1,795,888,751,426',
  ],
  ...[`${T}n`, `${T}.0.0`, '１７９５８８８７５１４２６', 'Infinity', 'NaN', '1795888751426 1'],
])('%j is no time of a log event', (text) => {
  expect(readEventTime(T)?.timestampMs).toBe(1_795_888_751_426);
  expect(readEventTime(text)).toBeNull();
});

test.each(['1e1', '0x10', '1.2.3', '+5', '5.', '.5', 'Infinity', 'NaN', '1_0', '--5', '５'])(
  '%s in a printed value stays text',
  (n) => {
    expect(parseLiterals(`{ a: 5, b: ${n}, c: ${n} }`).values).toEqual([{ a: 5, b: n, c: n }]);
  },
);
