/** Sessions, the password, and the audit log. */
import * as z from 'zod';
import { isoTime } from './common.ts';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from './password-limits.ts';
import { declareRoutes } from './route.ts';
import { restriction, scope } from './tokens.ts';

const chosenPassword = z
  .string()
  .min(SHORTEST_PASSWORD, { error: `expected at least ${SHORTEST_PASSWORD} characters` })
  .max(LONGEST_PASSWORD);

/** How somebody authenticated. */
const way = z.enum(['oidc', 'user', 'password', 'local', 'token']);

export const newSession = z
  .union(
    [
      z.strictObject({ token: z.string().max(4096) }),
      z.strictObject({ password: z.string().min(1).max(128) }),
      z.strictObject({ secret: z.string().min(1).max(4096).describe('A token or the password') }),
      z.strictObject({ code: z.string().min(1).max(64).describe('A one-time code') }),
      z.strictObject({ user: z.string().trim().min(1).max(100), password: z.string().min(1).max(128) }),
      z.strictObject({
        invitation: z.string().min(1).max(64).describe('The code of an invitation, within an hour'),
        password: chosenPassword.describe('That the user chooses'),
      }),
    ],
    {
      error:
        'expected {"token": …}, {"password": …}, {"secret": …}, {"code": …}, {"user": …, "password": …} or {"invitation": …, "password": …}, with a new password of 12 to 128 characters',
    },
  )
  .meta({ id: 'SignIn' });
export const newCode = z
  .strictObject({
    tokenId: z
      .string()
      .max(64)
      .optional()
      .describe('Token that the session will belong to; by default the caller’s own. Others need scope admin'),
  })
  .meta({ id: 'NewSignInCode' });
export const codeAnswer = z
  .object({
    code: z.string().describe('Works once, within a minute'),
    name: z.string().describe('Name of the token that the session will belong to'),
  })
  .meta({ id: 'SignInCode' });
export type SignInCodeAnswer = z.infer<typeof codeAnswer>;
export const sessionAnswer = z
  .object({
    scope,
    name: z.string(),
    restriction: restriction.nullable(),
    how: way.describe(
      'oidc: a user of the identity provider. user: a local user. password: the password of the installation. local: a local command',
    ),
  })
  .meta({ id: 'Session' });
export const signOutAnswer = z
  .object({
    redirect: z
      .string()
      .nullable()
      .describe('Where the browser signs out at the identity provider too; null for nowhere'),
  })
  .meta({ id: 'SignOut' });
export const signInOptions = z
  .object({
    oidc: z
      .object({
        name: z.string(),
        path: z.string().describe('Begins the sign-in; takes returnTo, a path of this site'),
      })
      .nullable(),
    users: z.boolean().describe('Whether there are local users, who sign in with a name and a password'),
  })
  .meta({ id: 'SignInOptions' });
const ownPassword = z
  .strictObject({ current: z.string().min(1).max(128), password: chosenPassword })
  .meta({ id: 'OwnPassword' });
export const newPassword = z.strictObject({ password: chosenPassword }).meta({ id: 'NewPassword' });
export const passwordAnswer = z.object({ set: z.boolean() }).meta({ id: 'PasswordState' });

export const auditQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.coerce.number().int().min(1).optional(),
});
export const auditAnswer = z
  .object({
    items: z.array(
      z.object({
        at: isoTime,
        tokenId: z.string().nullable(),
        name: z
          .string()
          .describe(
            'Name of the user or token, and for sign-ins how: by token, password, code, user, invitation or oidc',
          ),
        how: way
          .nullable()
          .describe(
            'How the caller authenticated: as a user of the identity provider, as a local user, with the password of the installation, by a local command, or by a token',
          ),
        client: z.string().describe('IP address of the client'),
        method: z.string(),
        path: z.string(),
        status: z.number().int(),
      }),
    ),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'AuditLog' });

export const accessRoutes = declareRoutes({
  signIn: {
    method: 'post',
    path: '/api/v1/session',
    scope: 'public',
    tag: 'Access',
    summary: 'Sign in with a token, a password, a one-time code or an invitation, and get a session cookie',
    body: newSession,
    answer: sessionAnswer,
    problems: ['unauthenticated', 'forbidden', 'too-many-requests'],
  },
  changeOwnPassword: {
    method: 'put',
    path: '/api/v1/session/password',
    scope: 'read',
    tag: 'Access',
    summary: 'Change the own password of a local user; the user’s other sessions end',
    body: ownPassword,
    answer: passwordAnswer,
    problems: ['too-many-requests'],
  },
  createSignInCode: {
    method: 'post',
    path: '/api/v1/session/code',
    scope: 'read',
    tag: 'Access',
    summary: 'Create a one-time code that signs a browser in within a minute',
    body: newCode,
    answer: codeAnswer,
    problems: ['forbidden', 'not-found'],
  },
  getSession: {
    method: 'get',
    path: '/api/v1/session',
    scope: 'read',
    tag: 'Access',
    summary: 'Get the name and scope of the caller',
    answer: sessionAnswer,
  },
  signOut: {
    method: 'delete',
    path: '/api/v1/session',
    scope: 'public',
    tag: 'Access',
    summary: 'End the session',
    answer: signOutAnswer,
  },
  getSignInOptions: {
    method: 'get',
    path: '/api/v1/session/options',
    scope: 'public',
    tag: 'Access',
    summary: 'Get the identity provider that users can sign in with',
    answer: signInOptions,
  },
  setPassword: {
    method: 'put',
    path: '/api/v1/password',
    scope: 'admin',
    tag: 'Access',
    summary: 'Set the password for sign-in and end all sessions of the old one',
    body: newPassword,
    answer: passwordAnswer,
  },
  removePassword: {
    method: 'delete',
    path: '/api/v1/password',
    scope: 'admin',
    tag: 'Access',
    summary: 'Remove the password and end all its sessions',
    answer: passwordAnswer,
  },
  listAuditLog: {
    method: 'get',
    path: '/api/v1/audit',
    scope: 'admin',
    tag: 'Access',
    summary: 'List changes and sign-ins, newest first',
    query: auditQuery,
    answer: auditAnswer,
  },
});
