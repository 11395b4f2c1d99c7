import { expect, test } from 'vitest';
import type { Found } from './finding-groups.ts';
import { groupFindings } from './finding-groups.ts';

const memory = (name: string, saving: [value: number, low: number, high: number] | null): Found => ({
  ...{ functionId: `a:r:${name}`, name, affected: null, isLowerBound: false, invocations: null, wastedUsd: null },
  severity: saving === null ? 'high' : 'low',
  weight: saving?.[0] ?? Number.POSITIVE_INFINITY,
  monthlySavingUsd: saving === null ? null : { value: saving[0], low: saving[1], high: saving[2] },
  text: {
    code: saving === null ? 'memory-too-small' : 'memory-saving',
    parameters: {
      ...{ name, currentMb: 1024, memoryMb: saving === null ? 2048 : 512 },
      ...(saving === null
        ? { costChange: null, costChangeLow: null, costChangeHigh: null, latencyChange: null, reason: 'Out of memory' }
        : { costChange: -0.4, costChangeLow: -0.5, costChangeHigh: -0.3, latencyChange: 0.02, reason: null }),
    },
  },
});

test('savings of several functions are summed, with the sums of their bounds', () => {
  const [group] = groupFindings([memory('a', [3, 1, 5]), memory('b', [9, 8, 11])]);
  expect(group).toMatchObject({
    code: 'memory-saving',
    severity: 'low',
    // Twelve dollars as 12 / 13: below any affected invocation.
    urgency: 12 / 13,
    sentence: '2 functions would cost $12.00 a month less with other memory sizes',
    monthlySavingUsd: { value: 12, low: 9, high: 16 },
    affected: null,
    wastedUsd: null,
    next: { code: 'memory', functionId: 'a:r:b', sentence: 'Compare cost and duration of b by memory size' },
  });
  expect(group?.functions.worst.map(({ sentence }) => sentence)).toEqual([
    'b: 512 MB instead of 1024 would be 40 % cheaper (95 % CI 30 %–50 %) and 2.0 % slower',
    'a: 512 MB instead of 1024 would be 40 % cheaper (95 % CI 30 %–50 %) and 2.0 % slower',
  ]);
});

test('one function is named with its sizes, and a size that must be raised comes first', () => {
  expect(groupFindings([memory('a', [3, 1, 5]), memory('b', null)]).map(({ sentence }) => sentence)).toEqual([
    'b needs 2048 MB instead of 1024',
    'a would cost $3.00 a month less with 512 MB instead of 1024, and be 2.0 % slower',
  ]);
});

const deprecated = (name: string, runtime: string, deprecation: string): Found => ({
  ...{ functionId: `a:r:${name}`, name, affected: null, isLowerBound: false, invocations: null, wastedUsd: null },
  ...{ severity: 'medium', weight: 1, monthlySavingUsd: null },
  text: { code: 'runtime-deprecated', parameters: { name, runtime, deprecation, blockUpdate: null } },
});

test('runtimes have one day, or each its own', () => {
  const [one, two, three] = [
    deprecated('a', 'dotnet8', '2026-11-10'),
    deprecated('b', 'nodejs20.x', '2026-04-30'),
    deprecated('c', 'nodejs20.x', '2026-04-30'),
  ];
  const sentence = (...found: readonly Found[]) => groupFindings(found)[0]?.sentence;
  expect(sentence(two, three)).toBe('2 functions run on nodejs20.x, without security updates since 2026-04-30');
  expect(sentence(one, two, three)).toBe(
    '3 functions run on dotnet8 (2026-11-10), nodejs20.x (2026-04-30), without security updates since these days',
  );
});

test('nothing found, no group', () => {
  expect(groupFindings([])).toEqual([]);
});
