/** Writes of users and of their sessions. Run in the writer's thread, inside a transaction. */
import type Database from 'better-sqlite3';
import type { ControlStore } from '../../ports.ts';
import type { Grant } from '../../questions/users/types.ts';
import { LOCAL_ISSUER, userKeyOf } from '../../questions/users/types.ts';
import { entriesOf } from '../../restriction.ts';
import { SCOPE_OF_ROLE } from '../../role-scopes.ts';
import { grant, parseStored } from '../../stored-json.ts';

type Arguments<K extends keyof ControlStore> = Parameters<ControlStore[K]>;

/** The JSON of a restriction, or null. */
export function restrictionText(restriction: Grant['restriction']): string | null {
  return restriction === null ? null : JSON.stringify(entriesOf(restriction));
}

function grantText({ role, restriction }: Grant): string {
  return JSON.stringify({ role, restriction: restriction === null ? null : entriesOf(restriction) });
}

interface UserRow {
  readonly id: string;
  readonly claimed: string;
  readonly assigned: string | null;
}

/** Stores what the provider said of a user, who is added on the first sign-in. */
export function saveUser(control: Database.Database, { user, newId, sha256, nowMs }: Arguments<'saveUser'>[0]): string {
  const { issuer, subject, name, email } = user;
  const known = control
    .prepare<unknown[], UserRow>('SELECT id, claimed, assigned FROM user WHERE issuer = ? AND subject = ?')
    .get(issuer, subject);
  const claimed = grantText(user.grant);
  if (known === undefined) {
    addTokenOf(control, { id: newId, name, grant: user.grant, sha256, nowMs });
    control
      .prepare(
        `INSERT INTO user (id, issuer, subject, name, email, claimed, created_ms, signed_in_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(newId, issuer, subject, name, email, claimed, nowMs, nowMs);
    return newId;
  }
  control
    .prepare('UPDATE user SET name = ?, email = ?, claimed = ?, signed_in_ms = ? WHERE id = ?')
    .run(name, email, claimed, nowMs, known.id);
  control.prepare('UPDATE token SET name = ? WHERE id = ?').run(name, known.id);
  applyGrant(control, { ...known, claimed });
  return known.id;
}

/** The row to which the sessions of a user belong. */
function addTokenOf(
  control: Database.Database,
  { id, name, grant: { role, restriction }, sha256, nowMs }: Omit<Arguments<'addLocalUser'>[0], 'invitation'>,
): void {
  control
    .prepare('INSERT INTO token (id, name, scope, sha256, created_ms, restriction) VALUES (?, ?, ?, ?, ?, ?)')
    .run(id, name, SCOPE_OF_ROLE[role], sha256, nowMs, restrictionText(restriction));
}

/** Stores a local user, who is invited. Returns false if there is one with this name. */
export function addLocalUser(control: Database.Database, added: Arguments<'addLocalUser'>[0]): boolean {
  const { id, name, grant: given, nowMs, invitation } = added;
  const key = userKeyOf(name);
  const isTaken = control.prepare('SELECT 1 FROM user WHERE issuer = ? AND subject = ?').get(LOCAL_ISSUER, key);
  if (isTaken !== undefined) return false;
  addTokenOf(control, added);
  control
    .prepare(
      `INSERT INTO user (id, issuer, subject, name, claimed, created_ms, signed_in_ms) VALUES (?, ?, ?, ?, ?, ?, 0)`,
    )
    .run(id, LOCAL_ISSUER, key, name, grantText(given), nowMs);
  return inviteUser(control, { id, invitation, nowMs });
}

/** Invites a local user in place of an earlier invitation: the password and all sessions end. Returns false if there is no such user. */
export function inviteUser(control: Database.Database, { id, invitation, nowMs }: Arguments<'inviteUser'>[0]): boolean {
  const isLocal = control.prepare('UPDATE user SET password = NULL WHERE id = ? AND issuer = ?').run(id, LOCAL_ISSUER);
  if (isLocal.changes === 0) return false;
  control.prepare('DELETE FROM session WHERE token_id = ?').run(id);
  control.prepare('DELETE FROM invitation WHERE user_id = ? OR expires_ms <= ?').run(id, nowMs);
  control
    .prepare('INSERT INTO invitation (user_id, sha256, expires_ms) VALUES (?, ?, ?)')
    .run(id, invitation.sha256, invitation.expiresMs);
  return true;
}

/** Sets the password that a local user chose. Returns false if the invitation it was chosen with has ended. */
export function setUserPassword(control: Database.Database, change: Arguments<'setUserPassword'>[0]): boolean {
  const { id, password, invitation, keptSession, nowMs } = change;
  if (invitation !== null) {
    const used = control.prepare('DELETE FROM invitation WHERE user_id = ? AND sha256 = ? AND expires_ms > ?');
    if (used.run(id, invitation, nowMs).changes === 0) return false;
  }
  control.prepare('UPDATE user SET password = ? WHERE id = ? AND issuer = ?').run(password, id, LOCAL_ISSUER);
  control
    .prepare('DELETE FROM session WHERE token_id = :id AND (:keptSession IS NULL OR sha256 <> :keptSession)')
    .run({ id, keptSession });
  return true;
}

/** Changes what an admin decided about a user. Returns false if there is no such user. */
export function changeUser(
  control: Database.Database,
  { id, assigned, isDisabled, nowMs }: Arguments<'changeUser'>[0],
): boolean {
  const known = control
    .prepare<unknown[], UserRow & { readonly issuer: string }>(
      'SELECT id, issuer, claimed, assigned FROM user WHERE id = ?',
    )
    .get(id);
  if (known === undefined) return false;
  const text = assigned === null ? null : grantText(assigned);
  // No provider claims anything of a local user: there is one grant.
  const { claimed } = known;
  const granted =
    known.issuer === LOCAL_ISSUER ? { claimed: text ?? claimed, assigned: null } : { claimed, assigned: text };
  control.prepare('UPDATE user SET claimed = :claimed, assigned = :assigned WHERE id = :id').run({ id, ...granted });
  applyGrant(control, { id, ...granted });
  if (isDisabled) {
    control.prepare('DELETE FROM invitation WHERE user_id = ?').run(id);
    control.prepare('UPDATE token SET revoked_ms = ifnull(revoked_ms, ?) WHERE id = ?').run(nowMs, id);
    control.prepare('DELETE FROM session WHERE token_id = ?').run(id);
  } else control.prepare('UPDATE token SET revoked_ms = NULL WHERE id = ?').run(id);
  return true;
}

/** Sets what the user's sessions may do: what an admin assigned, or else what the provider claimed. */
function applyGrant(control: Database.Database, { id, claimed, assigned }: UserRow): void {
  const inForce = parseStored(grant, assigned ?? claimed, `user ${id}`);
  // A user whose grant cannot be read may do nothing.
  if (inForce === null) {
    control.prepare('DELETE FROM session WHERE token_id = ?').run(id);
    return;
  }
  control
    .prepare('UPDATE token SET scope = ?, restriction = ? WHERE id = ?')
    .run(SCOPE_OF_ROLE[inForce.role], restrictionText(inForce.restriction), id);
}

/** Ends sessions of a user, or those that the provider names. Returns how many there were. */
export function endSessions(control: Database.Database, which: Arguments<'endSessions'>[0]): number {
  if ('userId' in which) return control.prepare('DELETE FROM session WHERE token_id = ?').run(which.userId).changes;
  const { issuer, subject, sid } = which;
  return control
    .prepare(
      `DELETE FROM session WHERE token_id IN (SELECT id FROM user WHERE issuer = :issuer AND (:subject IS NULL OR subject = :subject))
       AND (:sid IS NULL OR provider_session = :sid)`,
    )
    .run({ issuer, subject, sid }).changes;
}
