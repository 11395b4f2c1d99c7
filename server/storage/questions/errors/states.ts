/** Joins groups of failures with what people decided about them: merged groups are one, and each has a state. */
import type { CurrentState, LastFailure } from '../../../analytics/errors/state.ts';
import { currentState, returnOf } from '../../../analytics/errors/state.ts';
import { functionIdOf } from '../../function-id.ts';
import type { StoredErrorState } from '../error-states/types.ts';
import { lastFailures } from './result.ts';
import type { ErrorCounts, ErrorGroup, ErrorVersion } from './types.ts';

export interface JoinedErrorGroup extends ErrorGroup {
  readonly state: CurrentState;
  /** When the state was decided, epoch ms; null if nobody has. */
  readonly decidedMs: number | null;
  /** Fingerprints of the groups that were merged into it and failed in the range. */
  readonly merged: readonly string[];
}

/** The group that contains a fingerprint, and all fingerprints of that group. */
export function membersOf(
  states: readonly StoredErrorState[],
  key: string,
  fingerprint: string,
): { readonly into: string; readonly fingerprints: readonly string[] } {
  const mine = states.filter((state) => state.function === key);
  const into = mine.find((state) => state.fingerprint === fingerprint)?.mergedInto ?? fingerprint;
  const merged = mine.filter((state) => state.mergedInto === into).map((state) => state.fingerprint);
  return { into, fingerprints: [into, ...merged] };
}

/** Groups with their states; a group that was merged into another is part of it. Their order is kept. */
export function joinStates(
  groups: readonly ErrorGroup[],
  states: readonly StoredErrorState[],
): readonly JoinedErrorGroup[] {
  const stateOf = new Map(states.map((state) => [`${state.function}/${state.fingerprint}`, state]));
  const members = new Map<string, { readonly into: string; readonly groups: ErrorGroup[] }>();
  for (const group of groups) {
    const key = functionIdOf(group.identity);
    const into = stateOf.get(`${key}/${group.fingerprint}`)?.mergedInto ?? group.fingerprint;
    const found = members.get(`${key}/${into}`) ?? { into, groups: [] };
    members.set(`${key}/${into}`, found);
    found.groups.push(group);
  }
  return [...members].flatMap(([key, { into, groups: mine }]) => {
    const group = mine.length === 1 ? mine[0] : sumOf(into, mine);
    if (group === undefined) return [];
    const decision = stateOf.get(key) ?? null;
    return [
      {
        ...group,
        fingerprint: into,
        state: currentState(decision, group.lasts),
        decidedMs: decision === null || decision.atMs === 0 ? null : decision.atMs,
        merged: mine.map(({ fingerprint }) => fingerprint).filter((fingerprint) => fingerprint !== into),
      },
    ];
  });
}

/** The version in which a group came back that was resolved; `since`: the group, in a range that begins with the decision. */
export function returnedVersion(
  decision: StoredErrorState,
  [since]: readonly JoinedErrorGroup[],
): { readonly version: string | null } | null {
  return returnOf(decision, since?.versions ?? []);
}

/** Named like the group that the others were merged into; if it did not fail in the range, like the largest of them. */
function sumOf(into: string, groups: readonly ErrorGroup[]): ErrorGroup | undefined {
  const named = groups.find(({ fingerprint }) => fingerprint === into) ?? groups[0];
  const first = groups.toSorted((a, b) => a.firstMs - b.firstMs)[0];
  const lasts = lastFailures(lastsByVersion(groups));
  const [last] = lasts;
  if (named === undefined || first === undefined || last === undefined) return undefined;
  const versions = new Map<string | null, ErrorVersion>();
  for (const version of groups.flatMap((group) => group.versions)) {
    const known = versions.get(version.version);
    versions.set(
      version.version,
      known === undefined
        ? version
        : {
            ...version,
            ...added(known, version),
            firstMs: Math.min(known.firstMs, version.firstMs),
            lastMs: Math.max(known.lastMs, version.lastMs),
          },
    );
  }
  return {
    ...named,
    ...groups.reduce<ErrorCounts>(added, { attempts: 0, invocations: 0, initFailures: 0 }),
    firstMs: first.firstMs,
    firstVersion: first.firstVersion,
    lastMs: last.lastMs,
    lastVersion: last.version,
    lasts,
    versions: [...versions.values()].toSorted((a, b) => b.lastMs - a.lastMs),
    series: named.series.map((_, at) => groups.reduce((sum, group) => sum + (group.series[at] ?? 0), 0)),
  };
}

function lastsByVersion(groups: readonly ErrorGroup[]): readonly LastFailure[] {
  const found = new Map<string | null, LastFailure>();
  for (const last of groups.flatMap((group) => group.lasts)) {
    if (last.lastMs > (found.get(last.version)?.lastMs ?? 0)) found.set(last.version, last);
  }
  return [...found.values()];
}

function added(a: ErrorCounts, b: ErrorCounts): ErrorCounts {
  return {
    attempts: a.attempts + b.attempts,
    invocations: a.invocations + b.invocations,
    initFailures: a.initFailures + b.initFailures,
  };
}
