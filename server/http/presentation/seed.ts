/** Random seed of a function: independent of the store and its internal ids. */
import { createHash } from 'node:crypto';
import type { FunctionIdentity } from '../../storage/ports.ts';

export function seedOf({ account, region, name }: Pick<FunctionIdentity, 'account' | 'region' | 'name'>): number {
  return createHash('sha256').update(`${account}:${region}:${name}`).digest().readUInt32BE();
}
