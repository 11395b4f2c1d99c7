import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { KINDS_MS, KINDS_RANGE, kindId } from '../../../../test/support/kinds-fixture.ts';

test('invocations of an execution; all but the first are replays', async () => {
  const found = await queryBoth('durableExecutions', ({ workflow }) => ({
    ...KINDS_RANGE,
    functionId: workflow,
    limit: 10,
  }));
  expect(found).toEqual({
    items: [
      {
        name: 'order-18',
        executionId: '0f1e2d3c',
        firstMs: KINDS_MS + 130_000,
        lastMs: KINDS_MS + 130_000,
        invocations: [{ requestId: kindId(44), firstMs: KINDS_MS + 130_000, replay: false, operations: 1 }],
        operations: 1,
      },
      {
        name: 'order-17',
        executionId: '0f1e2d3c',
        firstMs: KINDS_MS + 1000,
        lastMs: KINDS_MS + 120_000,
        invocations: [
          { requestId: kindId(41), firstMs: KINDS_MS + 1000, replay: false, operations: 2 },
          { requestId: kindId(42), firstMs: KINDS_MS + 60_000, replay: true, operations: 2 },
          { requestId: kindId(43), firstMs: KINDS_MS + 120_000, replay: true, operations: 0 },
        ],
        operations: 3,
      },
    ],
    total: 2,
  });
});

test('an execution is whole even if the range holds a part of it', async () => {
  const found = await queryBoth('durableExecutions', ({ workflow }) => ({
    fromMs: KINDS_MS + 50_000,
    toMs: KINDS_MS + 70_000,
    functionId: workflow,
    limit: 10,
  }));
  expect(found.items.map(({ name, invocations }) => [name, invocations.length])).toEqual([['order-17', 3]]);
  const none = await queryBoth('durableExecutions', ({ latest }) => ({
    ...KINDS_RANGE,
    functionId: latest,
    limit: 10,
  }));
  expect(none).toEqual({ items: [], total: 0 });
});

test('the execution of one invocation, and one execution alone', async () => {
  const range = { fromMs: KINDS_MS + 60_000, toMs: KINDS_MS + 61_000 };
  const of = (n: number) =>
    queryBoth('durableInvocation', ({ workflow }) => ({ ...range, functionId: workflow, requestId: kindId(n) }));
  expect(await of(42)).toEqual({
    name: 'order-17',
    executionId: '0f1e2d3c',
    position: 2,
    invocations: 3,
    operations: 2,
  });
  // 41 ran before the range, and no line names an execution with 45.
  expect(await of(41)).toBeNull();
  expect(await of(45)).toBeNull();
  const one = await queryBoth('durableExecutions', ({ workflow }) => ({
    ...KINDS_RANGE,
    functionId: workflow,
    limit: 10,
    execution: 'order-18/0f1e2d3c',
  }));
  expect(one).toMatchObject({ items: [{ name: 'order-18' }], total: 1 });
});
