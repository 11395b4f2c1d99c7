/** Handlers of groups of failures. */
import { DAY_MS, iso } from '../../../ingest/records/time.ts';
import { functionIdOf } from '../../storage/function-id.ts';
import type { ErrorGroups, FunctionIdentity, Store, TimeRange } from '../../storage/ports.ts';
import type { JoinedErrorGroup } from '../../storage/questions/errors/states.ts';
import { joinStates, membersOf, returnedVersion } from '../../storage/questions/errors/states.ts';
import type { ErrorGroupsQuery } from '../../storage/questions/errors/types.ts';
import { readShaped } from '../answers/shape-answer.ts';
import { errorRoutes } from '../contract/errors.ts';
import { implement } from '../implement.ts';
import { errorGroupOf } from '../presentation/error-groups.ts';
import { ProblemError } from '../problems.ts';
import { functionOf, rangeOf, selectedBy } from '../query.ts';

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
    const { store } = context;
    const functionId = query.function === undefined ? undefined : (await functionOf(query.function, store)).functionId;
    const range = rangeOf(query, context.now());
    const states = await store.read.errorStates({});
    const selected = await selectedBy(query, context);
    const question = ['errorGroups', { ...range, functionId, selected, limit: MOST_GROUPS }] as const;
    return readShaped(context, [question], 'errorList', states, query);
  },
  getErrorGroup: async ({ context, params, query }) => {
    const { store } = context;
    const identity = await functionOf(params.id, store);
    const { functionId } = identity;
    const range = rangeOf(query, context.now());
    const { found, group, fingerprints } = await groupOf(store, identity, params.fingerprint, range, context.now());
    const [deploys, examples, returned] = await Promise.all([
      store.read.deploys({ functionId, limit: DEPLOYS }),
      store.read.errorExamples({ ...range, functionId, fingerprints, limit: EXAMPLES }),
      returnedIn(store, group, { functionId, fingerprints, limit: fingerprints.length }),
    ]);
    const deploy = deploys.find(({ atMs }) => atMs <= group.firstMs);
    return {
      range: answeredRange(found),
      group: errorGroupOf(group),
      returned,
      deploy: deploy === undefined ? null : { at: iso(deploy.atMs), kind: deploy.kind },
      examples: examples.slice(0, EXAMPLES).map(({ atMs, requestId, version, status, errorType, message, stack }) => ({
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
  setErrorState: async ({ context, params, body }) => {
    const { store } = context;
    const identity = await functionOf(params.id, store);
    const nowMs = context.now();
    const { group } = await groupOf(store, identity, params.fingerprint, everything(nowMs), nowMs);
    await store.control.saveErrorState({
      function: functionIdOf(identity),
      fingerprint: group.fingerprint,
      state: body.state,
      atMs: nowMs,
      versions: group.versions.map(({ version }) => version),
    });
    return decisionOf(store, identity, group.fingerprint);
  },
  mergeErrors: async ({ context, params, body }) => {
    const { store } = context;
    const identity = await functionOf(params.id, store);
    const nowMs = context.now();
    const { group } = await groupOf(store, identity, params.fingerprint, everything(nowMs), nowMs);
    const fingerprints = body.fingerprints.filter((one) => one !== group.fingerprint);
    for (const fingerprint of fingerprints) await groupOf(store, identity, fingerprint, everything(nowMs), nowMs);
    const into = group.fingerprint;
    await store.control.mergeErrors({ function: functionIdOf(identity), fingerprints, into });
    return decisionOf(store, identity, into);
  },
  splitErrors: async ({ context, params, body }) => {
    const { store } = context;
    const identity = await functionOf(params.id, store);
    const { into, fingerprints } = membersOf(
      await store.read.errorStates({}),
      functionIdOf(identity),
      params.fingerprint,
    );
    const separate = body.fingerprints.filter((one) => one !== into && fingerprints.includes(one));
    if (separate.length === 0) {
      throw new ProblemError('not-found', `None of these groups is merged into ${params.fingerprint}`);
    }
    await store.control.mergeErrors({ function: functionIdOf(identity), fingerprints: separate, into: null });
    return decisionOf(store, identity, into);
  },
});

function everything(nowMs: number): TimeRange {
  return { fromMs: nowMs - LONGEST_MS, toMs: nowMs + DAY_MS };
}

/**
 * The group that contains a fingerprint, with its counts in the range, which may be none, and the fingerprints of all groups that
 * are merged into it. @throws ProblemError not-found
 */
async function groupOf(
  store: Store,
  identity: FunctionIdentity,
  fingerprint: string,
  range: TimeRange,
  nowMs: number,
): Promise<{
  readonly found: ErrorGroups;
  readonly group: JoinedErrorGroup;
  readonly fingerprints: readonly string[];
}> {
  const states = await store.read.errorStates({});
  const { fingerprints } = membersOf(states, functionIdOf(identity), fingerprint);
  const query = { functionId: identity.functionId, fingerprints, limit: fingerprints.length };
  const found = await store.read.errorGroups({ ...range, ...query });
  const [group] = joinStates(found.groups, states);
  if (group !== undefined) return { found, group, fingerprints };
  const elsewhere = await store.read.errorGroups({ ...everything(nowMs), ...query });
  const [known] = joinStates(elsewhere.groups, states);
  if (known === undefined) throw new ProblemError('not-found', `No group ${fingerprint} of ${identity.name}`);
  const { fromMs, toMs, widthMs } = found.range;
  const series = Array.from({ length: Math.ceil((toMs - fromMs) / widthMs) }, () => 0);
  const none = { attempts: 0, invocations: 0, initFailures: 0, versions: [], series };
  return { found, group: { ...known, ...none }, fingerprints };
}

/** The version in which a regressed group came back, by all its failures since it was resolved. */
async function returnedIn(
  store: Store,
  { identity, fingerprint, state, lastMs }: JoinedErrorGroup,
  query: Omit<ErrorGroupsQuery, keyof TimeRange>,
): Promise<{ readonly version: string | null } | null> {
  if (state !== 'regressed') return null;
  const states = await store.read.errorStates({});
  const key = functionIdOf(identity);
  const decision = states.find((one) => one.function === key && one.fingerprint === fingerprint);
  if (decision === undefined) return null;
  const { groups } = await store.read.errorGroups({ fromMs: decision.atMs, toMs: lastMs + 1, ...query });
  return returnedVersion(decision, joinStates(groups, states));
}

async function decisionOf(store: Store, identity: FunctionIdentity, fingerprint: string) {
  const states = await store.read.errorStates({});
  const key = functionIdOf(identity);
  const decided = states.find((one) => one.function === key && one.fingerprint === fingerprint);
  const { fingerprints } = membersOf(states, key, fingerprint);
  return { fingerprint, state: decided?.state ?? ('open' as const), merged: fingerprints.slice(1) };
}

function answeredRange({ range: { fromMs, toMs, widthMs } }: ErrorGroups) {
  return { from: iso(fromMs), to: iso(toMs), bucketMs: widthMs };
}
