/** The list of groups of failures. */
import { iso } from '../../../ingest/records/time.ts';
import type { ReaderResult } from '../../storage/packed.ts';
import type { StoredErrorState } from '../../storage/questions/error-states/types.ts';
import { joinStates } from '../../storage/questions/errors/states.ts';
import type { ErrorsAnswer } from '../contract/errors.ts';
import type { ErrorSelection } from '../presentation/error-groups.ts';
import { errorGroupOf, selectErrors } from '../presentation/error-groups.ts';
import type { Shaped } from './shaped.ts';

/** Groups that match the selection, at most `limit` of them. */
export function errorList(
  found: ReaderResult<'errorGroups'>,
  states: readonly StoredErrorState[],
  { limit, ...selection }: ErrorSelection & { readonly limit: number },
): Shaped<ErrorsAnswer> {
  const { fromMs, toMs, widthMs } = found.range;
  const selected = selectErrors(joinStates(found.groups, states).map(errorGroupOf), selection);
  const body = {
    range: { from: iso(fromMs), to: iso(toMs), bucketMs: widthMs },
    items: selected.slice(0, limit),
    nextCursor: null,
    total: selected.length,
    failures: selected.reduce((sum, { failures }) => sum + failures, 0),
    truncated: found.truncated,
  };
  return { body, meta: null };
}
