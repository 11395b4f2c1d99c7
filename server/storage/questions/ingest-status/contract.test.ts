import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';

test('what arrived', async () => {
  // SQLite counts duplicates as they are written; ClickHouse merges them later and cannot.
  const found = await queryBoth(
    'ingestStatus',
    () => ({}),
    ({ sources, invocations, withStart, firstEventMs, lastEventMs, unknownFields }) => ({
      kinds: sources.map((source) => source.kind).toSorted(),
      invocations,
      withStart,
      firstEventMs,
      lastEventMs,
      unknownFields,
    }),
  );
  expect(found.invocations).toBeGreaterThan(200);
  expect(found.withStart).toBeLessThanOrEqual(found.invocations);
  expect(found.databaseBytes).toBeGreaterThan(0);
});
