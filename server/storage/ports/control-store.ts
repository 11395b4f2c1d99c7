/** Tokens, sessions, settings and the audit log: the control plane, which is SQLite with every telemetry store. */
import type { AuditEntry, Credentials, StoredToken } from '../questions/credentials/types.ts';
import type { StoredErrorState } from '../questions/error-states/types.ts';
import type { DeployMarker, MarkerQuery } from '../questions/markers/types.ts';
import type { ReportReader, ReportStore } from '../questions/reports/types.ts';
import type { RetentionPolicy, StoredRetention } from '../questions/retention/types.ts';
import type { StoredTagSource, StoredTags, TaggedFunction, Tags } from '../questions/tags/types.ts';
import type { Grant, LocalUser, LocalUserQuery, ProviderUser, StoredUser } from '../questions/users/types.ts';

/** A token as it is stored: its SHA-256, never its text. */
export type NewToken = Omit<StoredToken, 'lastUsedMs' | 'revokedMs'> & { readonly sha256: Uint8Array };

/** A session at the identity provider. */
export interface ProviderSession {
  /** Null where the provider does not name its sessions. */
  readonly sid: string | null;
  readonly idToken: string | null;
}

/** The digest of an invitation's code, and when it ends, epoch ms. */
export interface NewInvitation {
  readonly sha256: Uint8Array;
  readonly expiresMs: number;
}

/** Bodies of one ingest key that exceeded one limit. */
export interface KeyTrouble {
  readonly keyId: string;
  readonly keyName: string;
  /** The limit, as a reason of a dead letter; `too-slow` and `thread-lost` if decoding was aborted. */
  readonly reason: string;
  /** Bodies. */
  readonly n: number;
  /** Epoch ms. */
  readonly lastMs: number;
}

/** Reads of the control plane. Each rejects with a StoreError (`unavailable`, `deadline`). */
export interface ControlReader extends ReportReader {
  /** Returns all tokens (revoked and expired ones too) and all sessions, with their SHA-256 digests. */
  credentials(query: Record<string, never>): Promise<Credentials>;
  /** Returns the admin password's hash as a PHC string, or null if no password is set. */
  passwordHash(query: Record<string, never>): Promise<string | null>;
  /** Returns audit entries, newest first, that come before `beforeSeq` (all if absent). */
  audit(query: {
    readonly beforeSeq?: number;
    readonly limit: number;
  }): Promise<readonly (AuditEntry & { readonly seq: number })[]>;
  /** Returns all users, by name. Sessions that expired by `nowMs` are not counted. */
  users(query: { readonly nowMs: number }): Promise<readonly StoredUser[]>;
  /** Returns a local user with the hash of the password, or null. */
  localUser(query: LocalUserQuery): Promise<LocalUser | null>;
  /** Returns the ID token with which the session was opened, or null. */
  sessionIdToken(query: { readonly sha256: Uint8Array }): Promise<string | null>;
  /** Returns what people decided about groups of failures, by function and fingerprint. */
  errorStates(query: Record<string, never>): Promise<readonly StoredErrorState[]>;
  /** Returns deployments that pipelines and people reported, newest first. The range is half-open, epoch ms. */
  deployMarkers(query: MarkerQuery): Promise<readonly DeployMarker[]>;
  /** Returns the tags of every function that has stored ones, once for each source. */
  functionTags(query: Record<string, never>): Promise<readonly StoredTags[]>;
  /** Returns the stored retention policy, and the oldest time each kind of data reaches back to, epoch ms. */
  retention(query: Record<string, never>): Promise<StoredRetention>;
}

/** Writes of the control plane. Each is one transaction, durable when it resolves, or rejects with a StoreError. */
export interface ControlStore extends ReportStore {
  /** Stores a new token. Rejects if the id exists. */
  addToken(token: NewToken): Promise<void>;
  /** Revokes the token and ends its sessions. Returns false if there is no such token or it was revoked before. */
  revokeToken(id: string, nowMs: number): Promise<boolean>;
  /** Stores the successor and sets when the old token expires, epoch ms, in one transaction. */
  rotateToken(token: NewToken, old: { readonly id: string; readonly expiresMs: number }): Promise<void>;
  /**
   * Replaces the admin password and ends all sessions opened with the old one. `owner` is the token that new sessions
   * belong to. Null for either removes the password.
   */
  setPassword(hash: string | null, owner: NewToken | null): Promise<void>;
  /** Replaces the hash of an unchanged password, after hash parameters changed. Sessions stay open. */
  rehashPassword(hash: string): Promise<void>;
  /** Records when a session was last used, epoch ms. */
  touchSession(sha256: Uint8Array, nowMs: number): Promise<void>;
  /** Appends an entry to the audit log. */
  addAudit(entry: AuditEntry): Promise<void>;
  /** Records when tokens were last used, epoch ms. An older time never replaces a newer one. */
  recordTokenUse(uses: readonly { readonly id: string; readonly atMs: number }[]): Promise<void>;
  /** Stores a new session. Times are epoch ms. A token has at most 200: beyond them the one unused for longest ends. */
  addSession(session: {
    readonly sha256: Uint8Array;
    readonly tokenId: string;
    readonly createdMs: number;
    readonly expiresMs: number;
    /** Where the identity provider opened it. */
    readonly provider?: ProviderSession;
  }): Promise<void>;
  /** Deletes the session. Does nothing if there is none. */
  endSession(sha256: Uint8Array): Promise<void>;
  /**
   * Stores what the identity provider said of a user. A new user gets the id and the digest. Returns the user's id, which is that of
   * the token that sessions belong to.
   */
  saveUser(signIn: {
    readonly user: ProviderUser;
    readonly newId: string;
    readonly sha256: Uint8Array;
    readonly nowMs: number;
  }): Promise<string>;
  /** Stores a local user without a password, who is invited to choose one. Returns false if there is one with this name. */
  addLocalUser(user: {
    readonly id: string;
    readonly name: string;
    readonly grant: Grant;
    readonly sha256: Uint8Array;
    readonly invitation: NewInvitation;
    readonly nowMs: number;
  }): Promise<boolean>;
  /**
   * Removes the password of a local user, ends all sessions, and invites the user to choose another. Earlier invitations end. Returns
   * false if there is no such user.
   */
  inviteUser(invited: {
    readonly id: string;
    readonly invitation: NewInvitation;
    readonly nowMs: number;
  }): Promise<boolean>;
  /**
   * Stores the hash of a password that a local user chose, and ends the user's sessions, except `keptSession`. With the digest of an
   * invitation, it is used up; returns false, and nothing is stored, if it is not valid any more.
   */
  setUserPassword(change: {
    readonly id: string;
    readonly password: string;
    readonly invitation: Uint8Array | null;
    readonly keptSession: Uint8Array | null;
    readonly nowMs: number;
  }): Promise<boolean>;
  /** Sets what an admin decided about a user. Disabling ends all sessions. Returns false if there is no such user. */
  changeUser(change: {
    readonly id: string;
    readonly assigned: Grant | null;
    readonly isDisabled: boolean;
    readonly nowMs: number;
  }): Promise<boolean>;
  /**
   * Ends all sessions of a user, or those that an identity provider names by subject, by its own session, or by both. Returns how many
   * there were.
   */
  endSessions(
    which:
      | { readonly userId: string }
      | { readonly issuer: string; readonly subject: string | null; readonly sid: string | null },
  ): Promise<number>;
  /** Sets the retention policy, effective at once. Null restores the policy of the process's settings. */
  setRetention(policy: RetentionPolicy | null): Promise<void>;
  /** Marks a dead letter as replayed. Returns false if there is no such dead letter. */
  markReplayed(deadLetterId: number, nowMs: number): Promise<boolean>;
  /** Adds the counts of bodies beyond a limit to what is stored, and returns the sums, those of all processes. */
  noteKeyTroubles(added: readonly KeyTrouble[], nowMs: number): Promise<readonly KeyTrouble[]>;
  /** Stores what was decided about a group of failures, in place of an earlier decision. A merge stays as it is. */
  saveErrorState(decision: Omit<StoredErrorState, 'mergedInto'>): Promise<void>;
  /**
   * Merges groups of failures of one function into another, together with what was merged into them; null separates them. What was
   * decided about them stays.
   */
  mergeErrors(merge: {
    readonly function: string;
    readonly fingerprints: readonly string[];
    readonly into: string | null;
  }): Promise<void>;
  /**
   * Stores a deployment that was reported, once for each id, and returns its time, epoch ms. Null, and nothing is stored, if what was
   * stored with its id differs; times are compared only if the sender gave one (`isDated`).
   */
  addMarker(
    marker: DeployMarker,
    receipt: { readonly nowMs: number; readonly isDated: boolean },
  ): Promise<number | null>;
  /** Deletes it. Returns false if there is none. */
  deleteMarker(id: string): Promise<boolean>;
  /** Replaces the tags that the source has for each of these functions. A function without tags has none of this source then. */
  saveTags(
    source: StoredTagSource,
    functions: readonly (TaggedFunction & { readonly tags: Tags })[],
    nowMs: number,
  ): Promise<void>;
  /** Counts one attempt that did not bring each trace completely, so that the next attempt waits. */
  recordTraceAttempts(traceIds: readonly string[], nowMs: number): Promise<void>;
}
