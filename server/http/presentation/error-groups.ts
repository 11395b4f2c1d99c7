/** Converts groups of failures to their API shape, and selects among them. */
import { iso, isoOrNull } from '../../../ingest/records/time.ts';
import { functionIdOf } from '../../storage/function-id.ts';
import type { ErrorCounts } from '../../storage/ports.ts';
import type { JoinedErrorGroup } from '../../storage/questions/errors/states.ts';
import type { ErrorGroupAnswer } from '../contract/errors.ts';

export interface ErrorSelection {
  readonly kind?: JoinedErrorGroup['kind'] | undefined;
  readonly state?: JoinedErrorGroup['state'] | undefined;
  readonly version?: string | undefined;
  readonly text?: string | undefined;
  readonly sort: 'failures' | 'invocations' | 'first' | 'last';
}

/** The groups that match, in the order asked for. */
export function selectErrors(
  groups: readonly ErrorGroupAnswer[],
  { kind, state, version, text, sort }: ErrorSelection,
): readonly ErrorGroupAnswer[] {
  const part = text?.toLowerCase();
  const found = groups.filter(
    (group) =>
      (kind === undefined || group.kind === kind) &&
      (state === undefined || group.state === state) &&
      (version === undefined || group.versions.some((one) => one.version === version)) &&
      (part === undefined ||
        [group.title, group.frame, group.function.name].some((value) => value.toLowerCase().includes(part))),
  );
  const key = (group: ErrorGroupAnswer): number =>
    sort === 'first' ? Date.parse(group.firstAt) : sort === 'last' ? Date.parse(group.lastAt) : group[sort];
  return found.toSorted((a, b) => key(b) - key(a) || (a.fingerprint < b.fingerprint ? -1 : 1));
}

export function errorGroupOf(group: JoinedErrorGroup): ErrorGroupAnswer {
  const {
    identity,
    fingerprint,
    title,
    kind,
    errorType,
    message,
    frame,
    firstMs,
    lastMs,
    firstVersion,
    lastVersion,
    series,
  } = group;
  return {
    function: {
      id: functionIdOf(identity),
      name: identity.name,
      account: identity.account,
      region: identity.region,
    },
    fingerprint,
    title,
    kind,
    errorType,
    message,
    frame,
    state: group.state,
    decidedAt: isoOrNull(group.decidedMs),
    merged: [...group.merged],
    ...countsOf(group),
    firstAt: iso(firstMs),
    lastAt: iso(lastMs),
    firstVersion,
    lastVersion,
    versions: group.versions.map((one) => ({
      version: one.version,
      ...countsOf(one),
      firstAt: iso(one.firstMs),
      lastAt: iso(one.lastMs),
    })),
    series: [...series],
  };
}

function countsOf({ attempts, invocations, initFailures }: ErrorCounts) {
  return { failures: attempts + initFailures, invocations, initFailures };
}
