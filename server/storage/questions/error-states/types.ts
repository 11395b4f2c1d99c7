/** What people decided about groups of failures. Part of the control plane. */

export type ErrorState = 'open' | 'resolved' | 'ignored';

export interface StoredErrorState {
  /** account:region:name. */
  readonly function: string;
  readonly fingerprint: string;
  readonly state: ErrorState;
  /** When it was decided, epoch ms. */
  readonly atMs: number;
  /** Versions with failures until then; null for an unknown one. */
  readonly versions: readonly (string | null)[];
  /** Fingerprint of the group that contains this one; null if it stands alone. */
  readonly mergedInto: string | null;
}
