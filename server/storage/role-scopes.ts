/** Roles of users, and the scopes of tokens that they have. */
import type { Scope } from './questions/credentials/types.ts';
import type { Role } from './questions/users/types.ts';

/** The scope of each role: routes know scopes only. */
export const SCOPE_OF_ROLE = { viewer: 'read', editor: 'edit', admin: 'admin' } as const satisfies Readonly<
  Record<Role, Scope>
>;

/** Scopes that a scope includes. */
const INCLUDED: Readonly<Record<Scope, readonly Scope[]>> = {
  ingest: ['ingest'],
  read: ['read'],
  deploy: ['deploy', 'read'],
  edit: ['edit', 'deploy', 'read'],
  admin: ['admin', 'edit', 'deploy', 'read', 'ingest'],
};

/** Whether a scope includes another. */
export function covers(held: Scope, needed: Scope): boolean {
  return INCLUDED[held].includes(needed);
}
