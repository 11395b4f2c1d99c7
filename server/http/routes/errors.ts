/** Handlers of groups of failures. */
import { DAY_MS, iso } from '../../../ingest/records/time.ts';
import type { ErrorGroup, ErrorGroups, FunctionIdentity, Store, TimeRange } from '../../storage/ports.ts';
import { errorRoutes } from '../contract/errors.ts';
import { implement } from '../implement.ts';
import { errorGroupOf, selectErrors } from '../presentation/error-groups.ts';
import { ProblemError } from '../problems.ts';
import { functionOf, rangeOf } from '../query.ts';

/** Groups that are read, most failures first. */
const MOST_GROUPS = 2000;
/** Newest failures of a group with their stacks. */
const EXAMPLES = 10;
/** Updates of $LATEST among which the one before the first failure is looked for. */
const DEPLOYS = 1000;
/** Aggregates are kept for at most about as long. */
const LONGEST_MS = 400 * DAY_MS;

export const errorHandlers = implement(errorRoutes, {
  listErrors: async ({ context, query }) => {
    const functionId =
      query.function === undefined ? undefined : (await functionOf(query.function, context.store)).functionId;
    const range = rangeOf(query, context.now());
    const found = await context.store.read.errorGroups({ ...range, functionId, limit: MOST_GROUPS });
    const selected = selectErrors(found.groups.map(errorGroupOf), query);
    return {
      range: answeredRange(found),
      items: selected.slice(0, query.limit),
      nextCursor: null,
      total: selected.length,
      failures: selected.reduce((sum, { failures }) => sum + failures, 0),
      truncated: found.truncated,
    };
  },
  getErrorGroup: async ({ context, params, query }) => {
    const identity = await functionOf(params.id, context.store);
    const { functionId } = identity;
    const range = rangeOf(query, context.now());
    const fingerprints = [params.fingerprint];
    const [{ found, group }, deploys, examples] = await Promise.all([
      groupOf(context.store, identity, params.fingerprint, range, context.now()),
      context.store.read.deploys({ functionId, limit: DEPLOYS }),
      context.store.read.errorExamples({ ...range, functionId, fingerprints, limit: EXAMPLES }),
    ]);
    const deploy = deploys.find(({ atMs }) => atMs <= group.firstMs);
    return {
      range: answeredRange(found),
      group: errorGroupOf(group),
      deploy: deploy === undefined ? null : { at: iso(deploy.atMs), kind: deploy.kind },
      examples: examples.map(({ atMs, requestId, version, status, errorType, message, stack }) => ({
        at: iso(atMs),
        requestId,
        version,
        status,
        errorType,
        message,
        stack: [...stack],
      })),
    };
  },
});

/** A group with its counts in the range, which may be none. @throws ProblemError not-found */
async function groupOf(
  store: Store,
  { functionId, name }: FunctionIdentity,
  fingerprint: string,
  range: TimeRange,
  nowMs: number,
): Promise<{ readonly found: ErrorGroups; readonly group: ErrorGroup }> {
  const query = { functionId, fingerprints: [fingerprint], limit: 1 };
  const found = await store.read.errorGroups({ ...range, ...query });
  const [group] = found.groups;
  if (group !== undefined) return { found, group };
  const elsewhere = await store.read.errorGroups({ fromMs: nowMs - LONGEST_MS, toMs: nowMs + DAY_MS, ...query });
  const [known] = elsewhere.groups;
  if (known === undefined) throw new ProblemError('not-found', `No group ${fingerprint} of ${name}`);
  const { fromMs, toMs, widthMs } = found.range;
  const series = Array.from({ length: Math.ceil((toMs - fromMs) / widthMs) }, () => 0);
  return { found, group: { ...known, attempts: 0, invocations: 0, initFailures: 0, versions: [], series } };
}

function answeredRange({ range: { fromMs, toMs, widthMs } }: ErrorGroups) {
  return { from: iso(fromMs), to: iso(toMs), bucketMs: widthMs };
}
