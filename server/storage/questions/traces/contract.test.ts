import { expect, test } from 'vitest';
import { onBoth, queryBoth } from '../../../../test/support/contract.ts';
import { FLEET_RANGE } from '../../../../test/support/contract-fixture.ts';

test('segments of one trace', async () => {
  const traceId = `1-65000000-${'0'.repeat(24)}`;
  const found = await queryBoth('trace', () => ({ traceId }));
  expect(found.map((one) => one.origin)).toEqual(['AWS::Lambda', 'AWS::Lambda::Function']);
  expect(await queryBoth('trace', () => ({ traceId: '1-00000000-000000000000000000000000' }))).toEqual([]);
});

test('the trace of a request, in the time in which it may have begun', async () => {
  const traceId = `1-65000000-${'0'.repeat(24)}`;
  // Each store has ids of its own for functions.
  await onBoth(async ({ store: { read } }) => {
    const [service] = await read.trace({ traceId });
    const { functionId, requestId, startNs = '0' } = service ?? {};
    const fromMs = Number(BigInt(startNs) / 1_000_000n);
    const query = { functionId: functionId ?? 0, requestId: requestId ?? '', fromMs, toMs: fromMs + 1000 };
    expect(await read.traceOfRequest(query)).toBe(traceId);
    const unknown = '00000000-0000-4000-8000-00000000dead';
    expect(await read.traceOfRequest({ ...query, requestId: unknown })).toBeNull();
    expect(await read.traceOfRequest({ ...query, fromMs: fromMs + 1 })).toBeNull();
    expect(await read.traceOfRequest({ ...query, toMs: fromMs })).toBeNull();
  });
});

test('whether a trace exceeds X-Ray’s size limit', async () => {
  const limitsOf = async (at: number) => {
    const traceId = `1-${(0x65000000 + at).toString(16)}-${at.toString(16).padStart(24, '0')}`;
    return (await queryBoth('trace', () => ({ traceId }))).map((one) => one.limitExceeded);
  };
  expect(await limitsOf(0)).toEqual([true, true]);
  expect(await limitsOf(1)).toEqual([false, false]);
  expect(await limitsOf(2)).toEqual([null, null]);
});

test('what was not read of the documents', async () => {
  const traceId = `1-65000001-${'0'.repeat(23)}1`;
  const notRead = 'Not read: 1 subsegment without start_time. The rest of the document was.';
  expect((await queryBoth('trace', () => ({ traceId }))).map((one) => one.notRead)).toEqual([notRead, notRead]);
});

test('callers and callees', async () => {
  const found = await queryBoth('serviceMap', () => ({ ...FLEET_RANGE, mostTraces: 20 }));
  expect(found.traces).toBeGreaterThan(0);
});
