/** What the control plane keeps of tokens and sessions. */

export type Scope = 'ingest' | 'read' | 'admin';

export interface StoredToken {
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  readonly createdMs: number;
  readonly expiresMs: number | null;
  readonly lastUsedMs: number | null;
  readonly revokedMs: number | null;
}

/** What a request is checked against, held in memory. */
export interface Credentials {
  readonly tokens: readonly (StoredToken & { readonly sha256: Uint8Array })[];
  readonly sessions: readonly { readonly sha256: Uint8Array; readonly tokenId: string; readonly expiresMs: number }[];
}
