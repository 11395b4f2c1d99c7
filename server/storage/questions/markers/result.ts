/** Which functions a reported deployment concerns. Pure. */
import { globMatches } from '../../../../ingest/text/glob.ts';
import { functionIdOf } from '../../function-id.ts';
import type { FunctionIdentity } from '../functions/types.ts';
import type { DeployMarker } from './types.ts';

export type NamedFunction = Pick<FunctionIdentity, 'account' | 'region' | 'name'>;

/** Whether the marker concerns the function. */
export function namesFunction({ functions }: Pick<DeployMarker, 'functions'>, owner: NamedFunction): boolean {
  if (functions.length === 0) return true;
  const id = functionIdOf(owner);
  return functions.some((pattern) => globMatches(pattern, owner.name) || globMatches(pattern, id));
}
