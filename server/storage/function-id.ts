/** The name of a function across accounts and regions: its id in the API, and its key in the control plane. */
import type { FunctionIdentity } from './questions/functions/types.ts';

/** `account:region:name`. */
export function functionIdOf({ account, region, name }: Pick<FunctionIdentity, 'account' | 'region' | 'name'>): string {
  return `${account}:${region}:${name}`;
}
