/** Users who sign in with a name and a password of their own: an admin invites them, and they choose it. */
import { randomBytes } from 'node:crypto';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import type { Grant, LocalUser, Store } from '../../storage/ports.ts';
import { userKeyOf } from '../../storage/questions/users/types.ts';
import { LONGEST_PASSWORD } from '../contract/password-limits.ts';
import type { Authenticator, Principal } from './auth.ts';
import { newUserId, newUserSecret, sha256 } from './auth.ts';
import { hashPassword, isPassword } from './password.ts';

/** How long an invitation can be used. */
const INVITED_MS = HOUR_MS;

export interface Invitation {
  /** 192 random bits; only their digest is stored. */
  readonly code: string;
  readonly expiresMs: number;
}

interface Dependencies {
  /** With reads that may ask everything: users are looked up on behalf of strangers. */
  readonly store: Pick<Store, 'read' | 'control'>;
  readonly auth: Pick<Authenticator, 'byId' | 'refresh'>;
  /** Memory of one hash, KiB. */
  readonly hashKib: number | undefined;
  readonly now: () => number;
}

export class LocalUsers {
  readonly #of: Dependencies;

  constructor(dependencies: Dependencies) {
    this.#of = dependencies;
  }

  /** Adds a user, and returns the id and the invitation; null if there is one with this name. Rejects with a StoreError. */
  async add(name: string, grant: Grant): Promise<{ readonly id: string; readonly invitation: Invitation } | null> {
    const { store, auth, now } = this.#of;
    const id = newUserId('local');
    const nowMs = now();
    const [invitation, stored] = newInvitation(nowMs);
    const user = { id, name, grant, sha256: newUserSecret(), invitation: stored, nowMs };
    if (!(await store.control.addLocalUser(user))) return null;
    await auth.refresh();
    return { id, invitation };
  }

  /** Ends the password and the sessions of a user, who is invited to choose another. Null if there is no such local user. */
  async invite(id: string): Promise<Invitation | null> {
    const { store, auth, now } = this.#of;
    const nowMs = now();
    const [invitation, stored] = newInvitation(nowMs);
    if (!(await store.control.inviteUser({ id, invitation: stored, nowMs }))) return null;
    await auth.refresh();
    return invitation;
  }

  /** The user with this name, or null. */
  named(name: string): Promise<LocalUser | null> {
    return this.#of.store.read.localUser({ key: userKeyOf(name) });
  }

  /** The user with this id, or null. */
  withId(id: string): Promise<LocalUser | null> {
    return this.#of.store.read.localUser({ id });
  }

  /** The user whom an invitation is for; null if it is unknown, used or too old, or the user is disabled. */
  async invited(code: string): Promise<LocalUser | null> {
    const { store, auth, now } = this.#of;
    const user = await store.read.localUser({ invitation: sha256(code), nowMs: now() });
    return user === null || auth.byId(user.id) === null ? null : user;
  }

  /**
   * Who a user with this password is; null if it is wrong, or the user unknown or disabled: each takes equally long.
   * @throws LaneFullError
   */
  async verified(user: LocalUser | null, password: string): Promise<Principal | null> {
    const { auth, hashKib } = this.#of;
    if (password.length > LONGEST_PASSWORD) return null;
    const stored = user?.password ?? null;
    if (!(await isPassword(password, stored, hashKib)) || user === null || stored === null) return null;
    return auth.byId(user.id);
  }

  /**
   * Stores a password that the user chose, and ends the other sessions. With the code of an invitation it is used up; false if somebody was
   * faster. @throws LaneFullError
   */
  async choose(
    { id }: Pick<LocalUser, 'id'>,
    password: string,
    { code = null, keptSession = null }: { readonly code?: string | null; readonly keptSession?: string | null },
  ): Promise<boolean> {
    const { store, auth, hashKib, now } = this.#of;
    const isSet = await store.control.setUserPassword({
      id,
      password: await hashPassword(password, hashKib),
      invitation: code === null ? null : sha256(code),
      keptSession: keptSession === null ? null : Uint8Array.from(Buffer.from(keptSession, 'hex')),
      nowMs: now(),
    });
    await auth.refresh();
    return isSet;
  }
}

function newInvitation(nowMs: number) {
  const code = randomBytes(24).toString('base64url');
  const expiresMs = nowMs + INVITED_MS;
  return [
    { code, expiresMs },
    { sha256: sha256(code), expiresMs },
  ] as const;
}
