import { expect, test } from 'vitest';
import { STATUSES } from '../../ingest/records/invocation-columns.ts';
import { CAUSES } from '../analytics/cold-starts/cause.ts';
import { COLD_START_KINDS } from '../analytics/cold-starts/classify.ts';
import { CAUSE, COLD_KIND, STATUS } from './enums.ts';

test.each([
  ['STATUS', STATUS, STATUSES],
  ['COLD_KIND', COLD_KIND, COLD_START_KINDS],
  ['CAUSE', CAUSE, CAUSES],
])('%s numbers the names in the order they are decoded by', (_, codes, names) => {
  expect(codes).toEqual(Object.fromEntries(names.map((name, code) => [name, code])));
});
