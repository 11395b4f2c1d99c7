/** What an identity provider's claims grant. Pure. */
import { globMatches } from '../../../../ingest/text/glob.ts';
import type { OidcSettings, RoleMapping } from '../../../config/oidc-settings.ts';
import type { Grant } from '../../../storage/questions/users/types.ts';

export type Claims = Readonly<Record<string, unknown>>;

const MOST_NAME_CHARS = 100;

/**
 * The values of a claim: of its name as it is, or else along its path. Empty where there is none. An address of e-mail that the provider
 * has not verified is no value: users may set it to that of another.
 */
export function valuesOf(claims: Claims, claim: string): readonly string[] {
  if (claim === 'email' && claims['email_verified'] !== true) return [];
  const found = Object.hasOwn(claims, claim) ? claims[claim] : along(claims, claim.split('.'));
  const list: readonly unknown[] = Array.isArray(found) ? found : [found];
  return list.flatMap((value) => (typeof value === 'string' || typeof value === 'number' ? [String(value)] : []));
}

function along(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return along((value as Claims)[name], rest);
}

/** What the first mapping grants that matches a value of the claim; null if none does. */
export function grantOf(
  claims: Claims,
  { claim, roles }: { readonly claim: string; readonly roles: readonly RoleMapping[] },
): Grant | null {
  const values = valuesOf(claims, claim);
  // `*` is for every user of the provider, also one without the claim.
  const matches = ({ value }: RoleMapping): boolean => value === '*' || values.some((one) => globMatches(value, one));
  return roles.find(matches)?.grant ?? null;
}

/** The name and address that are shown for a user. */
export function namesOf(claims: Claims): { readonly name: string; readonly email: string | null } {
  const [email = null] = textsOf(claims, ['email']);
  const [name = 'unnamed'] = textsOf(claims, ['name', 'preferred_username', 'email', 'sub']);
  return { name, email };
}

function textsOf(claims: Claims, names: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    const value = claims[name];
    const text = typeof value === 'string' ? value.replaceAll(/[\p{Cc}\p{Cf}]/gu, '').trim() : '';
    return text === '' ? [] : [text.slice(0, MOST_NAME_CHARS)];
  });
}

/** Whether claims of the user have to be read from the provider's endpoint: the ID token lacks the claim. */
export function lacksClaim(claims: Claims, { claim }: Pick<OidcSettings, 'claim'>): boolean {
  return valuesOf(claims, claim).length === 0;
}
