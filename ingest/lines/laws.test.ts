import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { corpusFiles } from '../../test/support/corpus.ts';
import { leastCpuMs } from '../../test/support/cpu.ts';
import { law } from '../../test/support/law.ts';
import { describeAppLine } from './app-line.ts';
import { gluedRecordAt, parsePlatformLine } from './platform-line.ts';
import {
  renderEnd,
  renderExit,
  renderExtension,
  renderInitReport,
  renderInitStart,
  renderReport,
  renderRestoreReport,
  renderStart,
  renderTimeout,
} from './render.ts';

const hundredths = fc.integer({ min: 0, max: 90_000_000 }).map((n) => n / 100);
const optional = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: null });
const errorType = fc.constantFrom('Runtime.ExitError', 'Runtime.OutOfMemory', 'Function.Custom', 'Extension.Crash');
const hex = (length: number) =>
  fc.string({ minLength: length, maxLength: length, unit: fc.constantFrom(...'0123456789abcdef') });
const traceRef = fc.record({
  traceId: fc.tuple(hex(8), hex(24)).map(([time, rest]) => `1-${time}-${rest}`),
  segmentId: hex(16),
  sampled: optional(fc.boolean()),
});
const figures = fc.record({
  requestId: fc.uuid(),
  durationMs: hundredths,
  billedDurationMs: fc.nat(900_000),
  memorySizeMb: fc.integer({ min: 128, max: 10_240 }),
  maxMemoryUsedMb: fc.integer({ min: 1, max: 10_240 }),
  initDurationMs: optional(hundredths),
  restoreDurationMs: optional(hundredths),
  billedRestoreDurationMs: optional(fc.nat(100_000)),
  status: optional(fc.constantFrom('timeout', 'error')),
  errorType: optional(errorType),
  trace: optional(traceRef),
});
/** Figures that Lambda can produce: what ran is billed, and up to ten seconds of an init; no more memory is used than there is. */
const report = figures.map((given) => ({
  ...given,
  billedDurationMs: Math.ceil(given.durationMs) + (given.billedDurationMs % 10_000),
  billedRestoreDurationMs:
    given.billedRestoreDurationMs === null
      ? null
      : Math.min(given.billedRestoreDurationMs, Math.ceil(given.restoreDurationMs ?? 0)),
  maxMemoryUsedMb: Math.min(given.maxMemoryUsedMb, given.memorySizeMb),
}));

function read(text: string) {
  const result = parsePlatformLine(text);
  if (!result.ok) throw new Error(`${result.reason}: ${text}`);
  return result.line;
}

/** What terminals, consoles and re-shippers do to separators. */
const manglings: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.replaceAll('\t', ' '),
  (text) => text.replaceAll('\t', '  '),
  (text) => text.replaceAll('\t', ' \t'),
  (text) => text.replaceAll('\t', '\n'),
  (text) => text.replaceAll('\t', '\\t').replaceAll('\n', '\\n'),
  (text) => text.replaceAll(' ms\t', ' ms'),
  (text) => `  ${text.trim()}`,
];

describe('parse(render(x)) = x', () => {
  test('REPORT, whatever happened to its separators', () => {
    law(
      fc.property(report, fc.constantFrom(...manglings), (given, mangle) => {
        expect(read(mangle(renderReport(given)))).toMatchObject({ kind: 'report', ...given });
      }),
      { numRuns: 600 },
    );
  });

  test('REPORT with its fields in any order', () => {
    law(
      fc.property(report, fc.infiniteStream(fc.nat()), (given, order) => {
        const [head = '', ...fields] = renderReport({ ...given, trace: null })
          .trim()
          .split('\t');
        const shuffled = fields
          .map((field) => ({ field, at: order.next().value as number }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ field }) => field);
        expect(read([head, ...shuffled].join('\t'))).toMatchObject({ kind: 'report', ...given, trace: null });
      }),
    );
  });

  test('REPORT clipped anywhere gives only true fields, or a reason', () => {
    law(
      fc.property(report, fc.nat(400), (given, cut) => {
        const result = parsePlatformLine(renderReport(given).slice(0, cut));
        if (!result.ok || result.line.kind !== 'report') return;
        // The last number may be cut short; whatever precedes it must be exact.
        const found = [result.line.durationMs, result.line.billedDurationMs, result.line.memorySizeMb].filter(
          (v) => v !== null,
        );
        const truth = [given.durationMs, given.billedDurationMs, given.memorySizeMb];
        expect(found.slice(0, -1)).toEqual(truth.slice(0, Math.max(0, found.length - 1)));
      }),
    );
  });

  test('the other families', () => {
    law(
      fc.property(fc.uuid(), hundredths, errorType, fc.constantFrom('init', 'invoke'), (id, ms, type, phase) => {
        expect(read(renderStart(id, '$LATEST'))).toMatchObject({ kind: 'start', requestId: id, version: '$LATEST' });
        expect(read(renderEnd(id))).toMatchObject({ kind: 'end', requestId: id });
        expect(read(renderInitStart('nodejs:22.v5', 'arn:aws:lambda:eu-west-1::runtime:ab'))).toMatchObject({
          kind: 'init-start',
          runtimeVersion: 'nodejs:22.v5',
          runtimeVersionArn: 'arn:aws:lambda:eu-west-1::runtime:ab',
        });
        const init = { initDurationMs: ms, phase, status: 'error', errorType: type };
        expect(read(renderInitReport(init))).toMatchObject({ kind: 'init-report', ...init });
        const restore = { restoreDurationMs: ms, status: 'error', errorType: type };
        expect(read(renderRestoreReport(restore))).toMatchObject({ kind: 'restore-report', ...restore });
        const extension = { name: 'datadog-agent', state: 'Ready', events: ['INVOKE', 'SHUTDOWN'], errorType: null };
        expect(read(renderExtension(extension))).toMatchObject({ kind: 'extension', ...extension });
        const seconds = Math.round(ms / 10) / 100;
        expect(read(renderTimeout('2026-11-21T00:00:00.000Z', id, seconds))).toMatchObject({
          kind: 'fault',
          fault: 'timeout',
          requestId: id,
          timedOutAfterSec: seconds,
        });
        expect(read(renderExit(id, 'Runtime exited with error: signal: killed', 'Runtime.ExitError'))).toMatchObject({
          kind: 'fault',
          fault: 'oom',
          requestId: id,
        });
      }),
    );
  });
});

describe('hostile text', () => {
  const heads = [
    '',
    'REPORT RequestId: ',
    'START ',
    'END ',
    'INIT_START ',
    'INIT_REPORT ',
    'RESTORE_REPORT ',
    'EXTENSION\tName: ',
    '{"type":"platform.report","time":"x","record":',
    'RequestId: ',
    '2020-01-01T00:00:00Z ',
  ];

  test('never throws on arbitrary bytes', () => {
    law(
      fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 300 }), (head, bytes) => {
        const text = head + Buffer.from(bytes).toString('latin1');
        parsePlatformLine(text);
        describeAppLine(text);
        gluedRecordAt(text);
      }),
      { numRuns: 1500 },
    );
  });

  test('never throws on mutated real lines', () => {
    const real = corpusFiles().flatMap(([, lines]) => lines.map((line) => line.message));
    law(
      fc.property(fc.constantFrom(...real), fc.nat(400), fc.nat(30), fc.string(), (text, at, cut, insert) => {
        parsePlatformLine(text.slice(0, at) + insert + text.slice(at + cut));
      }),
      { numRuns: 1500 },
    );
  });

  const MEGABYTE = 1_048_576;
  const bodies: readonly [string, string][] = [
    ['blanks', ' '],
    ['tabs', '\t'],
    ['newlines', '\n'],
    ['colons', ':'],
    ['capitals', 'A'],
    ['words', 'Aa '],
    ['keys', 'Duration: '],
    ['numbers', '1'],
    ['dots', '1.'],
    ['braces', '[{'],
    ['quotes', '"\\'],
    ['signal', 'Task timed out after '],
    ['platform', '"type":"platform.x",'],
  ];
  test.each(bodies)('a 1 MB line of %s takes less than 50 ms of CPU after any head', (_name, unit) => {
    const body = unit.repeat(Math.ceil(MEGABYTE / unit.length)).slice(0, MEGABYTE);
    for (const head of heads) {
      const text = head + body;
      const best = leastCpuMs(() => {
        parsePlatformLine(text);
        describeAppLine(text);
      }, 50);
      expect(best, JSON.stringify(head)).toBeLessThan(50);
    }
  });
});

test('unknown keys are kept by name and disturb nothing', () => {
  const line = read(
    'REPORT RequestId: a-b\tDuration: 1.50 ms\tBilled Duration: 2 ms\tFoo Duration: 9 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\tGreen Energy: 7 J\t\n',
  );
  expect(line).toMatchObject({ durationMs: 1.5, billedDurationMs: 2, memorySizeMb: 128, maxMemoryUsedMb: 60 });
  expect(line).toMatchObject({ unknownKeys: ['Foo Duration', 'Green Energy'] });
});
