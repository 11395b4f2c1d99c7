/** Filters invocations by architecture, which their rows do not contain. */
import type { Architectures } from '../../analytics/cost/architectures.ts';
import { spansOf } from '../../analytics/cost/architectures.ts';
import type { FunctionFilter, FunctionIdentity, TimeRange } from '../ports.ts';
import { architecturesOf } from './architectures.ts';
import { functionsIn } from './functions.ts';
import type { QueryParameters } from './query-client.ts';
import type { QueryContext } from './query-context.ts';

/** Functions that may match a filter, and a condition on their rows with the values that it binds. */
export interface Candidates {
  readonly functionIds: readonly number[];
  readonly condition: string;
  readonly bound: QueryParameters;
}

export async function candidatesOf(context: QueryContext, query: TimeRange & FunctionFilter): Promise<Candidates> {
  const { functionId, selected, account, region, architecture } = query;
  // A filter by id alone needs no look-up.
  if (functionId !== undefined && [selected, account, region, architecture].every((value) => value === undefined))
    return { functionIds: [functionId], condition: '1', bound: {} };
  const found = await functionsIn(context, query);
  if (architecture === undefined) return { functionIds: found.map((one) => one.functionId), condition: '1', bound: {} };
  const architectures = await architecturesOf(context, functionId);
  const plain = found.filter((one) => !architectures.varies(one.functionId) && one.architecture === architecture);
  const varied = found.filter((one) => architectures.varies(one.functionId));
  const bound: Record<string, unknown> = { plain: plain.map((one) => one.functionId) };
  const conditions = varied.map((one, at) => conditionOf(one, at, { ...query, architecture }, architectures, bound));
  return {
    functionIds: [...plain, ...varied].map((one) => one.functionId),
    condition: `(${['function_id IN {plain:Array(UInt64)}', ...conditions].join(' OR ')})`,
    bound,
  };
}

/** Adds the values that the condition binds to `bound`, under names that end with `at`. */
function conditionOf(
  owner: FunctionIdentity,
  at: number,
  query: TimeRange & { readonly architecture: string },
  architectures: Architectures,
  bound: Record<string, unknown>,
): string {
  const versions = [...architectures.versions(owner.functionId)];
  bound[`known${at}`] = versions.map(([version]) => version);
  bound[`same${at}`] = versions.filter(([, own]) => own === query.architecture).map(([version]) => version);
  const spans = spansOf(architectures, owner, query)
    .filter((span) => span.of(null) === query.architecture)
    .map(({ fromMs, toMs }) => `end_ms >= ${Math.ceil(fromMs)} AND end_ms < ${Math.ceil(toMs)}`);
  const version = "ifNull(series_version, '')";
  return `(function_id = ${owner.functionId} AND (${version} IN {same${at}:Array(String)}
    OR ${version} NOT IN {known${at}:Array(String)} AND (${spans.join(' OR ') || '0'})))`;
}
