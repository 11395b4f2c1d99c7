import { expect, test } from 'vitest';
import { workedInvocation } from '../../../../test/support/worked-rows.ts';
import { columnsOf, WARM_SUCCESS } from './columns.ts';

const warm = { ...workedInvocation, ...WARM_SUCCESS };

test('rows of one environment share its place; each difference has a place of its own', () => {
  const differences = [
    { functionName: 'g' },
    { account: '2' },
    { region: 'eu-west-1' },
    { version: null },
    { logGroup: '/aws/lambda/g' },
    { logStream: null },
    { memorySizeMb: 128 },
    { architecture: 'arm64' },
    { tenantId: 't' },
  ];
  const { places, placeOf } = columnsOf([warm, warm, ...differences.map((one) => ({ ...warm, ...one })), warm]);
  expect([...placeOf]).toEqual([0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0]);
  differences.forEach((one, at) => {
    expect(places[at + 1]).toMatchObject(one);
  });
});

test('only rows that differ from a warm success have details', () => {
  const differences = [
    { attempt: 2 },
    { initDurationMs: 1 },
    { restoreDurationMs: 1 },
    { hiddenInitDurationMs: 1 },
    { status: 'timeout' as const },
    { errorType: 'E' },
    { errorMessage: 'm' },
    { errorStack: ['at f'] },
    { coldStart: { kind: 'on-demand' as const, userFelt: null, cause: null, evidence: null } },
  ];
  const { details } = columnsOf([warm, ...differences.map((one) => ({ ...warm, ...one }))]);
  expect([...details.keys()]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  differences.forEach((one, at) => {
    expect(details.get(at + 1)).toMatchObject(one);
  });
});

test('a number that is not known is NaN, never 0', () => {
  const unknown = { ...warm, startMs: null, billedDurationMs: null, maxMemoryUsedMb: null };
  const { startMs, billedDurationMs, maxMemoryUsedMb, durationMs } = columnsOf([unknown, warm]);
  expect([startMs[0], billedDurationMs[0], maxMemoryUsedMb[0], durationMs[0]]).toEqual([NaN, NaN, NaN, 480]);
  expect([startMs[1], billedDurationMs[1], maxMemoryUsedMb[1]]).toEqual([warm.startMs, 500, 90]);
});
