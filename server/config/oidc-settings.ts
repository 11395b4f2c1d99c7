/** Settings of the identity provider. */
import * as z from 'zod';
import type { Grant, Role } from '../storage/questions/users/types.ts';
import { ROLES } from '../storage/questions/users/types.ts';
import { ENTRY_FORM, isEntry, restrictionOf } from '../storage/restriction.ts';

/** What users whose claim has a value that matches may do. */
export interface RoleMapping {
  /** With `*` and `?`. */
  readonly value: string;
  readonly grant: Grant;
}

export interface OidcSettings {
  /** Identifier of the provider, a URL. */
  readonly issuer: string;
  readonly clientId: string;
  /** Null for public clients. */
  readonly clientSecret: string | null;
  /** On the button of the sign-in page. */
  readonly name: string;
  /** Separated by blanks. */
  readonly scopes: string;
  /** The claim whose values {@link roles} map. */
  readonly claim: string;
  /** The first that matches holds. */
  readonly roles: readonly RoleMapping[];
}

const MOST_MAPPINGS = 200;
const MAPPING = new RegExp(`^(.*\\S)\\s*=\\s*(${ROLES.join('|')})((?:\\s+\\S+)*)$`);
/** One whose role is followed by entries alone: of those, the value of a tag may look like a role. */
const WITH_ENTRIES = new RegExp(`^(.*?\\S)\\s*=\\s*(${ROLES.join('|')})((?:\\s+[a-z]+:\\S+)+)$`);
const FORM = 'expected VALUE=ROLE or VALUE=ROLE RESTRICTION …, such as payments=editor function:payments-*';

/** Parses mappings that are separated by semicolons. @throws RangeError that says what is expected */
export function parseRoleMappings(text: string): readonly RoleMapping[] {
  const parts = text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0 || parts.length > MOST_MAPPINGS)
    throw new RangeError(`expected 1 to ${MOST_MAPPINGS} mappings, separated by semicolons`);
  return parts.map(mappingOf);
}

function mappingOf(part: string): RoleMapping {
  const shown = part.slice(0, 100);
  const [, value, word, rest = ''] = WITH_ENTRIES.exec(part) ?? MAPPING.exec(part) ?? [];
  const role = ROLES.find((one): one is Role => one === word);
  if (value === undefined || role === undefined)
    throw new RangeError(`${shown}: ${FORM}; roles are ${ROLES.join(', ')}`);
  const entries = rest.split(/\s+/).filter((entry) => entry !== '');
  const wrong = entries.find((entry) => !isEntry(entry));
  if (wrong !== undefined) throw new RangeError(`${wrong.slice(0, 100)}: ${ENTRY_FORM}`);
  if (role === 'admin' && entries.length > 0)
    throw new RangeError(`${shown}: admins cannot be restricted. Map the value to editor`);
  return { value, grant: { role, restriction: entries.length === 0 ? null : restrictionOf(entries) } };
}

const roles = z.string().transform((text, issue) => {
  try {
    return parseRoleMappings(text);
  } catch (error) {
    issue.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
});

const issuer = z
  .url({ protocol: /^https?$/, error: 'expected a URL such as https://id.example.com' })
  .refine((text) => {
    if (!URL.canParse(text)) return true;
    const { username, password, search, hash } = new URL(text);
    return username === '' && password === '' && search === '' && hash === '';
  }, 'expected a URL without user, password, query and fragment');

/** Environment variables; part of those in settings.ts. */
export const oidcVariables = {
  THERMOCLINE_OIDC_ISSUER: issuer
    .optional()
    .describe(
      'Issuer of an OpenID Connect provider, with which users sign in ([integrations](integrations.md#identity-providers)). Needs `THERMOCLINE_PUBLIC_URL`; private addresses have to be in `THERMOCLINE_OUTBOUND_ALLOW`',
    ),
  THERMOCLINE_OIDC_CLIENT_ID: z.string().min(1).optional().describe('Client id at the provider'),
  THERMOCLINE_OIDC_CLIENT_SECRET: z
    .string()
    .min(1)
    .optional()
    .describe('Client secret at the provider; none for public clients'),
  THERMOCLINE_OIDC_NAME: z
    .string()
    .min(1)
    .max(40, 'expected at most 40 characters')
    .optional()
    .describe('Name of the provider on the sign-in page. Default: the host of the issuer'),
  THERMOCLINE_OIDC_SCOPES: z
    .string()
    .regex(/^(?:\S+ )*openid(?: \S+)*$/, 'expected scopes separated by blanks, with openid among them')
    .default('openid profile email')
    .describe('Scopes that are requested of the provider. Some send groups only with a scope `groups`'),
  THERMOCLINE_OIDC_CLAIM: z
    .string()
    .regex(/^\S{1,200}$/, 'expected the name of a claim, such as groups')
    .default('groups')
    .describe(
      'Claim that decides what users may do: `groups`, `roles`, a path such as `realm_access.roles`, or `email` (only addresses that the provider has verified)',
    ),
  THERMOCLINE_OIDC_ROLES: roles
    .optional()
    .describe(
      'Values of the claim and what they grant, separated by semicolons: `platform=admin; payments=editor function:payments-* account:111122223333; shop=viewer tag:team=shop; *=viewer`. The first that matches holds; users without any are refused',
    ),
} as const;

const parsed = z.object(oidcVariables);
type Variables = z.output<typeof parsed>;

/** Reports settings that are missing for what is set. */
export function checkOidc(
  set: Variables & { readonly THERMOCLINE_PUBLIC_URL?: string | undefined },
  report: (name: string, message: string) => void,
): void {
  if (set.THERMOCLINE_OIDC_ISSUER !== undefined) {
    const needed = ['THERMOCLINE_OIDC_CLIENT_ID', 'THERMOCLINE_OIDC_ROLES', 'THERMOCLINE_PUBLIC_URL'] as const;
    const missing = needed.filter((name) => set[name] === undefined);
    if (missing.length > 0) report('THERMOCLINE_OIDC_ISSUER', `expected ${missing.join(', ')} to be set as well`);
    return;
  }
  const unset: Readonly<Record<string, unknown>> = parsed.parse({});
  for (const [name, value] of Object.entries(set))
    if (name in oidcVariables && value !== unset[name])
      report(name, 'expected THERMOCLINE_OIDC_ISSUER to be set as well');
}

/** The identity provider of the settings; null without one. */
export function oidcOf(set: Variables): OidcSettings | null {
  const { THERMOCLINE_OIDC_ISSUER: given, THERMOCLINE_OIDC_CLIENT_ID: clientId } = set;
  if (given === undefined || clientId === undefined) return null;
  return Object.freeze({
    issuer: given,
    clientId,
    clientSecret: set.THERMOCLINE_OIDC_CLIENT_SECRET ?? null,
    name: set.THERMOCLINE_OIDC_NAME ?? new URL(given).hostname,
    scopes: set.THERMOCLINE_OIDC_SCOPES,
    claim: set.THERMOCLINE_OIDC_CLAIM,
    roles: Object.freeze(set.THERMOCLINE_OIDC_ROLES ?? []),
  });
}
