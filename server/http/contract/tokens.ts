import * as z from 'zod';
import { emptyAnswer, isoTime, nameOf, UNSEEN } from './common.ts';
import { declareRoutes } from './route.ts';

export const scope = z
  .enum(['ingest', 'read', 'deploy', 'edit', 'admin'])
  .describe(
    'ingest: sends events. read: reads. deploy: reads, and reports deployments. edit: also changes alert rules, silences, error groups and markers. admin: everything',
  );
/** Conditions of which functions may be read. */
export const restriction = z
  .array(
    z
      .string()
      .max(200)
      .regex(/^(?:(?:account|region|function):[\w.*?$-]+|tag:(?!\s)[^=]*[^=\s]=(?!\s).*\S)$/, {
        error:
          'expected account:…, region:… or function:…, with letters, digits, "-", "_", "*" and "?", or tag:KEY=VALUE',
      })
      .refine((text) => !UNSEEN.test(text), { error: 'expected no control, direction or invisible characters' }),
  )
  .min(1)
  .max(100)
  .describe(
    'Functions that may be read: account:…, region:…, function:… and tag:KEY=VALUE, with * and ? in what follows. Entries of one kind, or of one key of a tag, are alternatives; every kind and key that is given has to match. A function without the tag never does. Null: every function',
  );
export const token = z
  .object({
    id: z.string(),
    name: z.string(),
    scope,
    createdAt: isoTime,
    expiresAt: isoTime.nullable(),
    lastUsedAt: isoTime.nullable(),
    revokedAt: isoTime.nullable(),
    restriction: restriction.nullable(),
  })
  .meta({ id: 'Token' });
export type Token = z.infer<typeof token>;
export const tokensAnswer = z.object({ items: z.array(token), nextCursor: z.null() }).meta({ id: 'TokenList' });
export const newToken = z
  .strictObject({
    name: nameOf(100),
    scope,
    expiresInDays: z.number().int().min(1).max(3650).optional(),
    restriction: restriction.optional(),
  })
  .meta({ id: 'NewToken' });
export const newTokenAnswer = token
  .extend({ token: z.string().describe('Returned once; only its hash is stored') })
  .meta({ id: 'TokenWithSecret' });
export type NewTokenAnswer = z.infer<typeof newTokenAnswer>;
export const tokenParams = z.object({ id: z.string().max(64) });

export const rotateToken = z
  .strictObject({
    graceHours: z.number().min(0).max(720).default(24).describe('How long the old token stays valid'),
  })
  .meta({ id: 'RotateToken' });

export const tokenRoutes = declareRoutes({
  listTokens: {
    method: 'get',
    path: '/api/v1/tokens',
    scope: 'admin',
    tag: 'Access',
    summary: 'List tokens without their secrets',
    answer: tokensAnswer,
  },
  createToken: {
    method: 'post',
    path: '/api/v1/tokens',
    scope: 'admin',
    tag: 'Access',
    summary: 'Create a token; it is returned once',
    body: newToken,
    answer: newTokenAnswer,
  },
  revokeToken: {
    method: 'delete',
    path: '/api/v1/tokens/:id',
    scope: 'admin',
    tag: 'Access',
    summary: 'Revoke a token and end its sessions',
    params: tokenParams,
    answer: emptyAnswer,
    problems: ['not-found'],
  },
  rotateToken: {
    method: 'post',
    path: '/api/v1/tokens/:id/rotate',
    scope: 'admin',
    tag: 'Access',
    summary: 'Rotate a token; the new one is returned once, and the old one stays valid for a grace period',
    params: tokenParams,
    body: rotateToken,
    answer: newTokenAnswer,
    problems: ['not-found'],
  },
});
