/** Rows are stored in their order, with as few statements as there are full groups. */
import { expect, test } from 'vitest';
import type { ReadRow } from './column-reader.ts';
import type { EnvironmentState } from './environments.ts';
import type { InvocationRow } from './invocations.ts';
import { RowGroup } from './row-group.ts';

const environment = { id: 1 } as EnvironmentState;
const entry = (endMs: number, seriesId = 1): ReadRow => ({
  row: { endMs, seriesId } as InvocationRow,
  events: 2,
  startIsNew: true,
});

/** What is stored, as the ends of the rows of each statement. `taken`: ends whose keys are stored already. */
function recorded(taken: readonly number[] = []) {
  const together: number[][] = [];
  const single: number[] = [];
  const all: number[] = [];
  const group = new RowGroup({
    together: (_, entries) => {
      const ends = entries.map(({ row }) => row.endMs);
      if (ends.some((end) => taken.includes(end))) return false;
      together.push(ends);
      all.push(...ends);
      return true;
    },
    single: (_, { row }) => {
      single.push(row.endMs);
      all.push(row.endMs);
    },
  });
  return { group, together, single, all };
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, at) => at);

test('33 rows with one statement, then eight each, then one by one', () => {
  const { group, together, single, all } = recorded();
  for (const endMs of upTo(33 + 8 + 8 + 3)) group.add(environment, entry(endMs));
  expect(together).toEqual([upTo(33)]);
  group.flush();
  expect(together.map((ends) => ends.length)).toEqual([33, 8, 8]);
  expect(single).toEqual([49, 50, 51]);
  expect(all).toEqual(upTo(52));
  group.flush();
  expect(all).toHaveLength(52);
});

test('rows of a full group are stored one by one if one of them is a copy', () => {
  const { group, together, all } = recorded([20]);
  for (const endMs of upTo(33)) group.add(environment, entry(endMs));
  expect([together, all]).toEqual([[], upTo(33)]);
});

test('after a copy among the last rows, the rest is stored one by one', () => {
  const { group, together, single, all } = recorded([9]);
  for (const endMs of upTo(26)) group.add(environment, entry(endMs));
  group.flush();
  expect(together).toEqual([upTo(8)]);
  expect(single).toHaveLength(18);
  expect(all).toEqual(upTo(26));
});

test('fits: the environment and the series of the newest row', () => {
  const { group, all } = recorded();
  expect(group.fits(environment, entry(1))).toBe(false);
  expect(group.lastEndMs).toBeNull();
  group.add(environment, entry(5));
  expect(group.lastEndMs).toBe(5);
  expect(group.fits(environment, entry(6))).toBe(true);
  expect(group.fits(environment, entry(6, 2))).toBe(false);
  expect(group.fits({ ...environment }, entry(6))).toBe(false);
  group.clear();
  group.flush();
  expect([all, group.lastEndMs]).toEqual([[], null]);
});
