import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import { decodeFirehose } from '../decode/pipeline.ts';
import { renderEnd, renderExit, renderInitStart, renderReport, renderStart, renderTimeout } from '../lines/render.ts';
import { COLUMN, COLUMNS } from '../records/invocation-columns.ts';

const ids = ['3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab', '00000000-0000-0000-0000-000000000000', 'not-a-uuid'];
const requestId = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...ids) }, fc.uuid());
const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
const ms = fc.integer({ min: 0, max: 9_000_000 }).map((n) => n / 100);
const figures = fc.record({
  requestId,
  durationMs: ms,
  billedDurationMs: fc.nat(900_000),
  memorySizeMb: fc.constantFrom(128, 1024, 10_240),
  maxMemoryUsedMb: fc.nat(10_240),
  initDurationMs: fc.option(ms),
  restoreDurationMs: rarely(ms),
  billedRestoreDurationMs: fc.constant(null),
  status: rarely(fc.constantFrom('error', 'timeout')),
  errorType: fc.constant(null),
  trace: rarely(
    fc.constant({ traceId: '1-5759e988-bd862e3fe1be46a994272793', segmentId: '53995c3f42cd8ad8', sampled: true }),
  ),
});
/** Nothing but what ran is billed, and no more memory is used than there is: other lines are refused. */
const report = figures.map((given) => ({
  ...given,
  billedDurationMs: Math.min(given.billedDurationMs, Math.ceil(given.durationMs)),
  maxMemoryUsedMb: Math.min(given.maxMemoryUsedMb, given.memorySizeMb),
}));
const version = fc.constantFrom('$LATEST', '7', 'live_2');
const message = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(requestId, version).map(([id, name]) => renderStart(id, name)) },
  { weight: 2, arbitrary: requestId.map(renderEnd) },
  { weight: 3, arbitrary: report.map(renderReport) },
  requestId.map((id) => renderTimeout('2026-11-21T00:00:00.000Z', id, 3)),
  requestId.map((id) => renderExit(id, 'Runtime exited', 'Runtime.ExitError')),
  fc.constant('Unknown application error occurred\nRuntime.Unknown\n'),
  fc.constant(renderInitStart('nodejs:22.v1', 'arn:aws:lambda:eu-west-1::runtime:0')),
  fc.string({ unit: 'grapheme' }),
);
/** START, END and REPORT of one invocation, as they nearly always come. */
const invocation = fc
  .tuple(report, version)
  .map(([line, name]) => [renderStart(line.requestId, name), renderEnd(line.requestId), renderReport(line)]);
const stream = fc.array(fc.oneof(invocation, fc.array(message, { maxLength: 3 })), { maxLength: 12 });

function decode(document: string, raw: 'off' | 'platform' | 'all') {
  const body = JSON.stringify({
    requestId: 'r',
    timestamp: 1,
    records: [{ data: gzipSync(document).toString('base64') }],
  });
  const result = decodeFirehose(Buffer.from(body), { requestId: 'r' }, { raw, region: 'eu-west-1', selfLogGroups: [] });
  if (!result.ok) throw new Error(result.message);
  // The gzip kept is the one that came, which differs by the blank; strings are compared, not their numbers.
  const { strings, numbers, ...columns } = result.batch.invocations;
  const named = Array.from(numbers, (value, at) =>
    [COLUMN.errorType, COLUMN.tenant, COLUMN.version].includes((at % COLUMNS) as 11) ? strings[value] : value,
  );
  return {
    ...result.batch,
    invocations: { ...columns, named },
    raw: result.batch.raw.map(({ gzip: _gzip, ...chunk }) => chunk),
  };
}

test('a stream read in place gives the same batch as one that took the way of JSON.parse', () => {
  let rows = 0;
  law(
    fc.property(
      stream,
      fc.array(fc.integer({ min: -3, max: 20 }), { minLength: 60, maxLength: 60 }),
      fc.constantFrom('off', 'platform', 'all'),
      (groups, steps, raw) => {
        let at = 1_700_000_000_000;
        const logEvents = groups.flat().map((text, index) => {
          at += steps[index % steps.length] ?? 0;
          return { id: String(index).padStart(56, '0'), timestamp: at, message: text };
        });
        const document = JSON.stringify({
          messageType: 'DATA_MESSAGE',
          owner: '123456789012',
          logGroup: '/aws/lambda/f',
          logStream: '2026/11/21/[$LATEST]0123456789abcdef0123456789abcdef',
          subscriptionFilters: ['all'],
          logEvents,
        });
        const inPlace = decode(document, raw as 'off');
        rows += inPlace.invocations.n;
        expect(inPlace).toEqual(decode(document.replace('{', '{ '), raw as 'off'));
      },
    ),
    { numRuns: 120 },
  );
  expect(rows).toBeGreaterThan(300);
});
