/** Signing in and out, the password, and the record of changes. */
import { z } from 'zod';
import { isoTime } from './common.ts';
import { scope } from './tokens.ts';

export const newSession = z.union(
  [
    z.strictObject({ token: z.string().max(4096) }),
    z.strictObject({ password: z.string().min(1).max(128) }),
    z.strictObject({ secret: z.string().min(1).max(4096).describe('Whichever of the two it is') }),
  ],
  { error: 'expected {"token": …}, {"password": …} or {"secret": …}' },
);
export const sessionAnswer = z.object({ scope, name: z.string() });
export const newPassword = z.strictObject({ password: z.string().min(12).max(128) });
export const passwordAnswer = z.object({ set: z.boolean() });

export const auditQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.coerce.number().int().min(1).optional(),
});
export const auditAnswer = z.object({
  items: z.array(
    z.object({
      at: isoTime,
      tokenId: z.string().nullable(),
      name: z.string(),
      client: z.string().describe('Address the request came from'),
      method: z.string(),
      path: z.string(),
      status: z.number().int(),
    }),
  ),
  nextCursor: z.string().nullable(),
});
export type AuditAnswer = z.infer<typeof auditAnswer>;
