/** Tokens, sessions and audit log of the control plane. */

import type { Restriction } from '../../restriction.ts';

/** `deploy` reads, and reports deployments. `edit` also changes what a team works with: alert rules, silences, error groups, markers. */
export const SCOPES = ['ingest', 'read', 'deploy', 'edit', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export interface StoredToken {
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  readonly createdMs: number;
  readonly expiresMs: number | null;
  readonly lastUsedMs: number | null;
  readonly revokedMs: number | null;
  /** The functions that it may read; null for all. */
  readonly restriction: Restriction | null;
}

/** Tokens and sessions that requests are checked against; held in memory. */
export interface Credentials {
  readonly tokens: readonly (StoredToken & { readonly sha256: Uint8Array })[];
  readonly sessions: readonly {
    readonly sha256: Uint8Array;
    readonly tokenId: string;
    readonly lastUsedMs: number;
    readonly expiresMs: number;
  }[];
}

/** A change of the control plane, or a sign-in. */
export interface AuditEntry {
  readonly atMs: number;
  readonly tokenId: string | null;
  readonly name: string;
  readonly client: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}
