/** What random draws about a function begin with: the same for the same function, in whichever store and after any move. */
import { createHash } from 'node:crypto';

export function seedOf({
  account,
  region,
  name,
}: {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}): number {
  return createHash('sha256').update(`${account}:${region}:${name}`).digest().readUInt32BE();
}
