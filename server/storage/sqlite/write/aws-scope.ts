/** Matches the account and region of log events to a stored function or log group of the same name. */
import { SIMULATED_ACCOUNT } from '../../../../ingest/records/demo-scope.ts';

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

function agrees(known: string, wanted: string): boolean {
  return known === wanted || known === '' || wanted === '';
}
