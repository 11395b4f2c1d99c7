import { z } from 'zod';
import { isoTime } from './common.ts';

export const scope = z.enum(['ingest', 'read', 'admin']);
export const token = z.object({
  id: z.string(),
  name: z.string(),
  scope,
  createdAt: isoTime,
  expiresAt: isoTime.nullable(),
  lastUsedAt: isoTime.nullable(),
  revokedAt: isoTime.nullable(),
});
export type Token = z.infer<typeof token>;
export const tokensAnswer = z.object({ items: z.array(token), nextCursor: z.null() });
export const newToken = z.object({
  name: z.string().trim().min(1).max(100),
  scope,
  expiresInDays: z.number().int().min(1).max(3650).optional(),
});
export const newTokenAnswer = token.extend({ token: z.string().describe('Shown once; only its hash is kept') });
export type NewTokenAnswer = z.infer<typeof newTokenAnswer>;
export const tokenParams = z.object({ id: z.string().max(64) });

export const rotateToken = z.strictObject({
  graceHours: z.number().min(0).max(720).default(24).describe('How long the old text works on'),
});
export const emptyAnswer = z.object({});
export type TokensAnswer = z.infer<typeof tokensAnswer>;
