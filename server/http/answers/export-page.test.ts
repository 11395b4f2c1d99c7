/** Each column of the exports. Expected rows were worked out by hand from the rows of worked-rows.ts and AWS's list prices. */
import { expect, test } from 'vitest';
import { NOON, workedFunction, workedInvocation } from '../../../test/support/worked-rows.ts';
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { functionExport, invocationExport } from './export-page.ts';

const terms: PriceTerms = { plans: [], tier: 1, logTier: 1 };
const range = { fromMs: NOON - 86_400, toMs: NOON, widthMs: 1 };

/** The cells of the only row by column; no cell of these rows has a comma. */
function cells(body: string): Record<string, string> {
  const [head = '', row = ''] = body.split('\r\n');
  const values = row.split(',');
  return Object.fromEntries(head.split(',').map((column, at) => [column, values[at] ?? '']));
}

test('invocations: every column in its unit', () => {
  const item = {
    ...workedInvocation,
    tenantId: 't-1',
    traceId: '1-5f-6',
    restoreDurationMs: 70.5,
    hiddenInitDurationMs: 12,
    errorType: 'TypeError',
    errorMessage: 'no stock',
    errorStack: ['at f'],
    status: 'error' as const,
    coldStart: { kind: 'on-demand' as const, userFelt: true, cause: 'deploy' as const, evidence: 'version 3 is new' },
  };
  const { body } = invocationExport({ items: [item], nextCursor: 'c' } as never, { csv: true, isFirst: true }, terms);
  const { costUsd, ...rest } = cells(body);
  expect(rest).toEqual({
    endedAt: '2026-11-21T12:00:00.000Z',
    startedAt: '2026-11-21T11:59:59.500Z',
    function: 'f',
    account: '1',
    region: 'us-east-1',
    version: '3',
    requestId: 'r',
    attempt: '1',
    status: 'error',
    errorType: 'TypeError',
    errorMessage: 'no stock',
    errorStack: 'at f',
    durationMs: '480',
    billedDurationMs: '500',
    memorySizeMb: '2048',
    maxMemoryUsedMb: '90',
    initDurationMs: '310',
    restoreDurationMs: '70.5',
    hiddenInitDurationMs: '12',
    coldStart: 'on-demand',
    userFelt: 'true',
    cause: 'deploy',
    evidence: 'version 3 is new',
    traceId: '1-5f-6',
    tenantId: 't-1',
    logGroup: '/aws/lambda/f',
    logStream: 's',
  });
  // One request at $0.0000002, and half a second of 2 GB at $0.0000166667.
  expect(Number(costUsd)).toBeCloseTo(0.0000168667, 12);
});

test('functions: every column in its unit', () => {
  const none = { hours: 24, functions: [] };
  const { body } = functionExport(
    { items: [workedFunction], range, omitted: 0 },
    { csv: true, isFirst: true },
    NOON,
    none,
    terms,
  );
  const { costUsd, wastedUsd, ...rest } = cells(body);
  expect(rest).toEqual({
    id: '123456789012:us-east-1:checkout',
    name: 'checkout',
    account: '123456789012',
    region: 'us-east-1',
    runtime: 'nodejs22.x',
    architecture: 'arm64',
    memoryMb: '1024',
    version: '7',
    vpc: 'false',
    invocations: '1000',
    errors: '10',
    errorRate: '0.01',
    errorsUnknownOf: '0',
    coldStartRate: '0.04',
    userFeltColdStartRate: '0.03',
    coldStartSeconds: '15',
    durationP50Ms: '90',
    durationP95Ms: '200',
    durationP99Ms: '400',
    initP50Ms: '',
    initP95Ms: '',
    initP99Ms: '',
    maxMemoryUsedMb: '500',
    costBasis: 'report',
    costReason: '',
    coverage: '1',
    firstSeenAt: '2026-11-21T11:59:00.000Z',
    lastSeenAt: '2026-11-21T12:00:00.000Z',
  });
  // 1,000 requests and 100 s of 1 GB at $0.0000133334; 10 requests and 30 s of them failed.
  expect(Number(costUsd)).toBeCloseTo(0.0002 + 0.00133334, 10);
  expect(Number(wastedUsd)).toBeCloseTo(0.000002 + 0.000400002, 10);
});

test('only the first page of CSV has the names of the columns; NDJSON has them in each row', () => {
  const page = (csv: boolean, isFirst: boolean): string =>
    invocationExport(
      { items: [workedInvocation, workedInvocation], nextCursor: null } as never,
      { csv, isFirst },
      terms,
    ).body;
  expect(page(true, true).split('\r\n')).toHaveLength(4);
  expect(page(true, false).split('\r\n')).toHaveLength(3);
  const rows = page(false, true).trimEnd().split('\n');
  expect(rows.map((row) => JSON.parse(row).durationMs)).toEqual([480, 480]);
});

test('NDJSON says why a log stream is not known, and null for an unknown start and cost', () => {
  const unknown = { ...workedInvocation, logStream: null, billedDurationMs: null, startMs: null };
  const items = [unknown, workedInvocation];
  const { body } = invocationExport({ items, nextCursor: null } as never, { csv: false, isFirst: true }, terms);
  const [first, second] = body.split('\n').map((line) => (line === '' ? null : JSON.parse(line)));
  expect(first).toMatchObject({ logStream: null, startedAt: null, costUsd: null });
  expect(first.logStreamReason).toMatch(/log stream/i);
  expect(second).toMatchObject({ logStream: 's', logStreamReason: null, startedAt: '2026-11-21T11:59:59.500Z' });
});
