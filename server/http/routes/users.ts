/** Handlers of users: list, add, invite, change, sign out. */
import { iso, isoOrNull } from '../../../ingest/records/time.ts';
import type { Grant, StoredUser } from '../../storage/ports.ts';
import { restrictionOf } from '../../storage/restriction.ts';
import { isLocalUserId } from '../access/auth.ts';
import type { Invitation } from '../access/local-users.ts';
import type { Context } from '../context.ts';
import type { InvitationAnswer, UserItem } from '../contract/users.ts';
import { userRoutes } from '../contract/users.ts';
import { implement } from '../implement.ts';
import { entriesOrNull } from '../presentation/restriction.ts';
import { ProblemError } from '../problems.ts';

export const userHandlers = implement(userRoutes, {
  listUsers: async ({ context }) => ({ items: (await usersOf(context)).map(userItem), nextCursor: null }),
  createUser: async ({ context, body: { name, ...given } }) => {
    const added = await context.users.add(name, grantOf(given));
    if (added === null) throw new ProblemError('conflict', `There is a user ${name}. Choose another name`);
    return invitationOf(await userOf(added.id, context), added.invitation);
  },
  inviteUser: async ({ context, params }) => {
    const user = await userOf(params.id, context);
    if (!isLocalUserId(user.id))
      throw new ProblemError('conflict', `${user.name} signs in with the identity provider, and has no password here`);
    if (user.disabledMs !== null) throw new ProblemError('conflict', `${user.name} is disabled. Enable the user first`);
    const invitation = await context.users.invite(user.id);
    if (invitation === null) throw unknownUser(params.id);
    return invitationOf(await userOf(user.id, context), invitation);
  },
  updateUser: async ({ context, params, body }) => {
    const { assigned, disabled: isDisabled } = body;
    const nowMs = context.now();
    const change = { id: params.id, assigned: assigned === null ? null : grantOf(assigned), isDisabled, nowMs };
    if (!(await context.store.control.changeUser(change))) throw unknownUser(params.id);
    await context.auth.refresh();
    return userItem(await userOf(params.id, context));
  },
  endUserSessions: async ({ context, params }) => {
    const { id } = await userOf(params.id, context);
    await context.store.control.endSessions({ userId: id });
    await context.auth.refresh();
    return {};
  },
});

function invitationOf(user: StoredUser, { code, expiresMs }: Invitation): InvitationAnswer {
  return { user: userItem(user), code, path: `/sign-in#invitation=${code}`, expiresAt: iso(expiresMs) };
}

function usersOf({ store, now }: Context): Promise<readonly StoredUser[]> {
  return store.read.users({ nowMs: now() });
}

/** @throws ProblemError not-found */
async function userOf(id: string, context: Context): Promise<StoredUser> {
  const user = (await usersOf(context)).find((one) => one.id === id);
  if (user === undefined) throw unknownUser(id);
  return user;
}

function unknownUser(id: string): ProblemError {
  return new ProblemError('not-found', `Unknown user ${id}`);
}

function grantOf({ role, restriction }: UserItem['claimed']): Grant {
  return { role, restriction: restriction === null ? null : restrictionOf(restriction) };
}

function shownGrant({ role, restriction }: Grant): UserItem['claimed'] {
  return { role, restriction: entriesOrNull(restriction) };
}

function userItem(user: StoredUser): UserItem {
  const { id, name, email, issuer, subject, claimed, assigned, sessions } = user;
  return {
    ...{ id, name, email, issuer, subject, sessions },
    ...shownGrant(assigned ?? claimed),
    claimed: shownGrant(claimed),
    assigned: assigned === null ? null : shownGrant(assigned),
    createdAt: iso(user.createdMs),
    signedInAt: isoOrNull(user.signedInMs),
    lastSeenAt: isoOrNull(user.lastSeenMs),
    disabled: user.disabledMs !== null,
    invitedUntil: isoOrNull(user.invitedUntilMs),
  };
}
