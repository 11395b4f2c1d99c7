/** Users who sign in with the identity provider, and local ones, who have a password here. */
import * as z from 'zod';
import { emptyAnswer, isoTime, nameOf } from './common.ts';
import { declareRoutes } from './route.ts';
import { restriction } from './tokens.ts';

export const role = z
  .enum(['viewer', 'editor', 'admin'])
  .describe('viewer: scope read. editor: scope edit. admin: scope admin');
const grant = z.strictObject({ role, restriction: restriction.nullable() });

const user = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    issuer: z.string().describe('Of the identity provider; `local` for local users'),
    subject: z.string().describe('Identifies the user at the issuer'),
    role,
    restriction: restriction.nullable(),
    claimed: grant.describe('By the claims of the last sign-in; of local users what an admin set'),
    assigned: grant.nullable().describe('What an admin set in place of it; null if nothing'),
    createdAt: isoTime,
    signedInAt: isoTime.nullable().describe('Null for a local user who has not signed in'),
    lastSeenAt: isoTime.nullable().describe('Null for a local user who has not signed in'),
    sessions: z.number().int().describe('Open sessions'),
    disabled: z.boolean(),
    invitedUntil: isoTime
      .nullable()
      .describe('Until when the invitation of a local user can be used; null without one'),
  })
  .meta({ id: 'User' });
export const usersAnswer = z.object({ items: z.array(user), nextCursor: z.null() }).meta({ id: 'UserList' });
export type UserItem = z.infer<typeof user>;

const isAdminForAll = ({ role: given, restriction: entries }: z.infer<typeof grant>): boolean =>
  given !== 'admin' || entries === null;
const ADMIN = 'expected null: admins cannot be restricted';
const newUser = z
  .strictObject({
    name: nameOf(100).describe('With which the user signs in: unique, upper or lower case'),
    role,
    restriction: restriction.nullable().default(null),
  })
  .refine(isAdminForAll, { path: ['restriction'], message: ADMIN })
  .meta({ id: 'NewUser' });
const invitation = z
  .object({
    user,
    code: z.string().describe('Returned once; only its hash is stored'),
    path: z.string().describe('Of this site, for the link to send to the user. The code is in the fragment'),
    expiresAt: isoTime,
  })
  .meta({ id: 'Invitation' });
export type InvitationAnswer = z.infer<typeof invitation>;

const changedUser = z
  .strictObject({
    assigned: grant
      .nullable()
      .describe(
        'In place of what the claims grant; null for what they grant. Without a mapped claim users cannot sign in. Of local users the grant; null leaves it',
      ),
    disabled: z.boolean().describe('Ends all sessions, and refuses new ones'),
  })
  .refine(({ assigned }) => assigned === null || isAdminForAll(assigned), {
    path: ['assigned', 'restriction'],
    message: ADMIN,
  })
  .meta({ id: 'UserChange' });

const userParams = z.object({ id: z.string().max(64) });

export const userRoutes = declareRoutes({
  listUsers: {
    method: 'get',
    path: '/api/v1/users',
    scope: 'admin',
    tag: 'Access',
    summary: 'List users with their roles and sessions',
    answer: usersAnswer,
  },
  createUser: {
    method: 'post',
    path: '/api/v1/users',
    scope: 'admin',
    tag: 'Access',
    summary: 'Add a local user, who chooses a password with the invitation',
    body: newUser,
    answer: invitation,
    problems: ['conflict'],
  },
  inviteUser: {
    method: 'post',
    path: '/api/v1/users/:id/invitation',
    scope: 'admin',
    tag: 'Access',
    summary: 'End the password and the sessions of a local user, who chooses another with the invitation',
    params: userParams,
    answer: invitation,
    problems: ['not-found', 'conflict'],
  },
  updateUser: {
    method: 'put',
    path: '/api/v1/users/:id',
    scope: 'admin',
    tag: 'Access',
    summary: 'Assign a role and a restriction to a user, or disable it',
    params: userParams,
    body: changedUser,
    answer: user,
    problems: ['not-found'],
  },
  endUserSessions: {
    method: 'delete',
    path: '/api/v1/users/:id/sessions',
    scope: 'admin',
    tag: 'Access',
    summary: 'End all sessions of a user',
    params: userParams,
    answer: emptyAnswer,
    problems: ['not-found'],
  },
});
