/** Users who sign in with the identity provider. Part of the control plane. */
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

export interface StoredUser {
  /** Also the id of the token to which the user's sessions belong. */
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  readonly email: string | null;
  /** By the user's groups at the last sign-in. */
  readonly claimed: Grant;
  /** What an admin set in place of `claimed`; null if nothing. */
  readonly assigned: Grant | null;
  readonly createdMs: number;
  readonly signedInMs: number;
  /** When the user last did something in an open session, or signed in. */
  readonly lastSeenMs: number;
  /** Open sessions. */
  readonly sessions: number;
  /** Null for users who may sign in. */
  readonly disabledMs: number | null;
}
