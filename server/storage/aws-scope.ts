/** Matches the account and region of log events to a stored function or log group of the same name. */
import { SIMULATED_ACCOUNT } from '../../ingest/records/demo-scope.ts';

/** Account and region of a stored row. Empty strings are unknown. */
export interface AwsScope {
  readonly id: number;
  readonly account: string;
  readonly region: string;
}

/**
 * Finds the row that events of an account and region belong to, or null. Some sources know neither (a pasted log): their
 * events belong to the only row of the same name, and a row whose scope is unknown takes that of the first source that
 * knows it; `save` stores it. The demo's simulated account never mixes with real ones.
 */
export function adoptScope(
  candidates: readonly AwsScope[],
  wanted: { readonly account: string; readonly region: string },
  save: (scope: AwsScope) => void,
): number | null {
  const compatible = candidates.filter(
    (scope) =>
      agrees(scope.account, wanted.account) &&
      agrees(scope.region, wanted.region) &&
      (scope.account === SIMULATED_ACCOUNT) === (wanted.account === SIMULATED_ACCOUNT),
  );
  const exact = compatible.find((scope) => scope.account === wanted.account && scope.region === wanted.region);
  const scope = exact ?? (compatible.length === 1 ? compatible[0] : undefined);
  if (scope === undefined) return null;
  const account = scope.account === '' ? wanted.account : scope.account;
  const region = scope.region === '' ? wanted.region : scope.region;
  if (account !== scope.account || region !== scope.region) save({ id: scope.id, account, region });
  return scope.id;
}

/**
 * Completes the wanted scope from rows of the same name that agree with it: each of account and region is taken from whichever
 * of them knows it. Returns null if there is no such row, or if the rows contradict each other.
 */
export function sharedScope(
  candidates: readonly AwsScope[],
  wanted: { readonly account: string; readonly region: string },
): { readonly account: string; readonly region: string } | null {
  let { account, region } = wanted;
  const compatible = candidates.filter(
    (scope) =>
      agrees(scope.account, wanted.account) &&
      agrees(scope.region, wanted.region) &&
      (scope.account === SIMULATED_ACCOUNT) === (wanted.account === SIMULATED_ACCOUNT),
  );
  for (const scope of compatible) {
    if (!agrees(scope.account, account) || !agrees(scope.region, region)) return null;
    account ||= scope.account;
    region ||= scope.region;
  }
  return compatible.length === 0 ? null : { account, region };
}

function agrees(known: string, wanted: string): boolean {
  return known === wanted || known === '' || wanted === '';
}
