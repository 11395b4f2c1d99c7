/** What random draws about a function begin with: the same for the same function, in whichever store and after any move. */
import { createHash } from 'node:crypto';
import type { FunctionIdentity } from '../../storage/ports.ts';

export function seedOf({ account, region, name }: Pick<FunctionIdentity, 'account' | 'region' | 'name'>): number {
  return createHash('sha256').update(`${account}:${region}:${name}`).digest().readUInt32BE();
}
