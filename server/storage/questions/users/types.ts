/** Users who sign in with the identity provider, or with a password of their own. Part of the control plane. */
import type { Restriction } from '../../restriction.ts';

/** What a user may do: `viewer` reads, `editor` also changes what a team works with, `admin` everything. */
export const ROLES = ['viewer', 'editor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What a user may do, and with which functions. */
export interface Grant {
  readonly role: Role;
  /** Null: every function. Always null for admins. */
  readonly restriction: Restriction | null;
}

/** A user as the identity provider described them at a sign-in. */
export interface ProviderUser {
  /** The issuer's identifier, a URL. */
  readonly issuer: string;
  /** Identifies the user at the issuer. */
  readonly subject: string;
  readonly name: string;
  readonly email: string | null;
  readonly grant: Grant;
}

/** Issuer of users who sign in with a name and a password. Those of providers are addresses. */
export const LOCAL_ISSUER = 'local';

export interface StoredUser {
  /** Also the id of the token to which the user's sessions belong. */
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  readonly email: string | null;
  /** By the user's groups at the last sign-in; of local users what an admin set. */
  readonly claimed: Grant;
  /** What an admin set in place of `claimed`; null if nothing. */
  readonly assigned: Grant | null;
  readonly createdMs: number;
  /** Null for a local user who has not signed in. */
  readonly signedInMs: number | null;
  /** When the user last did something in an open session, or signed in. */
  readonly lastSeenMs: number | null;
  /** Open sessions. */
  readonly sessions: number;
  /** Null for users who may sign in. */
  readonly disabledMs: number | null;
  /** Until when the invitation of a local user can be used; null without one. */
  readonly invitedUntilMs: number | null;
}

/** A local user, and what is known of the password. */
export interface LocalUser {
  readonly id: string;
  readonly name: string;
  /** A PHC string; null for a user who has not chosen one. */
  readonly password: string | null;
}

/** How to find a local user: by the key of the name, by the digest of an invitation that is still valid, or by id. */
export type LocalUserQuery =
  | { readonly key: string }
  | { readonly invitation: Uint8Array; readonly nowMs: number }
  | { readonly id: string };

/** What the names of local users are compared by. */
export function userKeyOf(name: string): string {
  return name.trim().normalize('NFKC').toLowerCase();
}
