/** The name of a function across accounts and regions: its id in the API, and its key in the control plane. */
import type { FunctionIdentity } from './questions/functions/types.ts';

/** `account:region:name`. */
export function functionIdOf({ account, region, name }: Pick<FunctionIdentity, 'account' | 'region' | 'name'>): string {
  return `${account}:${region}:${name}`;
}

const ID = /^(\d{12}):([a-z0-9-]{1,32}):([\w-]{1,140})$/;

/** The function that a user named by its id or its name; a name alone is of an unknown account and region. */
export function functionNamedBy(
  text: string,
  unknown: { readonly account: string; readonly region: string },
): { readonly account: string; readonly region: string; readonly name: string } {
  const [, account, region, name] = ID.exec(text) ?? [];
  return account === undefined || region === undefined || name === undefined
    ? { account: unknown.account, region: unknown.region, name: text }
    : { account, region, name };
}
