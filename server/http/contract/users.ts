/** Users who sign in with the identity provider. */
import * as z from 'zod';
import { emptyAnswer, isoTime } from './common.ts';
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
    issuer: z.string(),
    subject: z.string().describe('Identifies the user at the issuer'),
    role,
    restriction: restriction.nullable(),
    claimed: grant.describe('By the claims of the last sign-in'),
    assigned: grant.nullable().describe('What an admin set in place of it; null if nothing'),
    createdAt: isoTime,
    signedInAt: isoTime,
    lastSeenAt: isoTime,
    sessions: z.number().int().describe('Open sessions'),
    disabled: z.boolean(),
  })
  .meta({ id: 'User' });
export const usersAnswer = z.object({ items: z.array(user), nextCursor: z.null() }).meta({ id: 'UserList' });
export type UserItem = z.infer<typeof user>;

const changedUser = z
  .strictObject({
    assigned: grant
      .nullable()
      .describe(
        'In place of what the claims grant; null for what they grant. Without a mapped claim users cannot sign in',
      ),
    disabled: z.boolean().describe('Ends all sessions, and refuses new ones'),
  })
  .refine(({ assigned }) => assigned?.role !== 'admin' || assigned.restriction === null, {
    path: ['assigned', 'restriction'],
    message: 'expected null: admins cannot be restricted',
  })
  .meta({ id: 'UserChange' });

const userParams = z.object({ id: z.string().max(64) });

export const userRoutes = declareRoutes({
  listUsers: {
    method: 'get',
    path: '/api/v1/users',
    scope: 'admin',
    tag: 'Access',
    summary: 'List users of the identity provider with their roles and sessions',
    answer: usersAnswer,
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
