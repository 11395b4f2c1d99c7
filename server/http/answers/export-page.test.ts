/** Each column of the exports. Expected rows were worked out by hand from the rows of worked-rows.ts and AWS's list prices. */
import { expect, test } from 'vitest';
import { NOON, workedFunction, workedInvocation } from '../../../test/support/worked-rows.ts';
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { packedBytes } from '../../storage/packed.ts';
import type { InvocationColumnsPage, StoredInvocation } from '../../storage/ports.ts';
import { columnsOf } from '../../storage/questions/invocations/columns.ts';
import { functionExport, invocationExport } from './export-page.ts';

const terms: PriceTerms = { plans: [], tier: 1, logTier: 1 };
const TAGS_OF_F = { team: 'shop', tier: 'gold' };
const TAGS = packedBytes(new Map([['1:us-east-1:f', TAGS_OF_F]]));
const range = { fromMs: NOON - 86_400, toMs: NOON, widthMs: 1 };

function pageOf(items: readonly StoredInvocation[]): InvocationColumnsPage {
  return { columns: columnsOf(items), rows: items.length, nextCursor: null };
}

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
  const { body } = invocationExport(pageOf([item]), { csv: true, isFirst: true }, terms, TAGS);
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
    tags: '"team=shop;tier=gold"',
  });
  // One request at $0.0000002, and half a second of 2 GB at $0.0000166667.
  expect(Number(costUsd)).toBeCloseTo(0.0000168667, 12);
});

test('functions: every column in its unit', () => {
  const none = { hours: 24, functions: [] };
  const form = { csv: true, isFirst: true };
  const tags = new Map([[workedFunction.identity.functionId, { team: '=1+1' }]]);
  const { body } = functionExport({ items: [workedFunction], range }, form, NOON, none, terms, tags);
  const { costUsd, wastedUsd, ...rest } = cells(body);
  expect(rest).toEqual({
    tags: 'team==1+1',
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
    invocationExport(pageOf([workedInvocation, workedInvocation]), { csv, isFirst }, terms, TAGS).body;
  expect(page(true, true).split('\r\n')).toHaveLength(4);
  expect(page(true, false).split('\r\n')).toHaveLength(3);
  const rows = page(false, true).trimEnd().split('\n');
  expect(rows.map((row) => JSON.parse(row).durationMs)).toEqual([480, 480]);
  expect(rows.map((row) => JSON.parse(row).tags)).toEqual([TAGS_OF_F, TAGS_OF_F]);
});

test('NDJSON says why a log stream is not known, and null for an unknown start and cost', () => {
  const unknown = { ...workedInvocation, logStream: null, billedDurationMs: null, startMs: null };
  const items = [unknown, workedInvocation];
  const { body } = invocationExport(pageOf(items), { csv: false, isFirst: true }, terms, TAGS);
  const [first, second] = body.split('\n').map((line) => (line === '' ? null : JSON.parse(line)));
  expect(first).toMatchObject({ logStream: null, startedAt: null, costUsd: null });
  expect(first.logStreamReason).toMatch(/log stream/i);
  expect(second).toMatchObject({ logStream: 's', logStreamReason: null, startedAt: '2026-11-21T11:59:59.500Z' });
});

test('a row is written by its own details and its own environment, with the text of a failure escaped', () => {
  const failed = {
    ...workedInvocation,
    requestId: 'second',
    status: 'error' as const,
    errorMessage: '=1+1 "quoted"\n',
    logStream: 'other',
    environmentId: 2,
    memorySizeMb: 128,
    traceId: '1-5f-6',
  };
  const page = pageOf([workedInvocation, failed, { ...workedInvocation, requestId: 'third' }]);
  const { body } = invocationExport(page, { csv: false, isFirst: true }, terms, TAGS);
  const rows = body.trimEnd().split('\n');
  const read = rows.map((row) => JSON.parse(row));
  expect(read.map((row) => [row.requestId, row.status, row.errorMessage, row.logStream, row.memorySizeMb])).toEqual([
    ['r', 'success', null, 's', 2048],
    ['second', 'error', '=1+1 "quoted"\n', 'other', 128],
    ['third', 'success', null, 's', 2048],
  ]);
  expect(read.map((row) => row.traceId)).toEqual([null, '1-5f-6', null]);
  // Half a second of 128 MB costs a sixteenth of what 2 GB costs.
  expect(read[1].costUsd).toBeCloseTo(0.0000002 + 0.0000166667 / 16, 12);
  const csv = invocationExport(page, { csv: true, isFirst: false }, terms, TAGS).body;
  expect(csv).toContain(`,"'=1+1 ""quoted""\n",`);
});

test('a savings plan counts for the invocations of its time', () => {
  const plan = { share: 0.5, fromMs: NOON - 1000, toMs: NOON + 1 };
  const page = pageOf([workedInvocation, { ...workedInvocation, endMs: NOON + 1000 }]);
  const { body } = invocationExport(page, { csv: false, isFirst: true }, { ...terms, plans: [plan] }, TAGS);
  const costs = body
    .trimEnd()
    .split('\n')
    .map((row) => Number(JSON.parse(row).costUsd));
  // The request is at list price; half of the price of duration is left during the plan.
  expect(costs[0]).toBeCloseTo(0.0000002 + 0.0000166667 / 2, 12);
  expect(costs[1]).toBeCloseTo(0.0000002 + 0.0000166667, 12);
});
