/** What a function's kind adds to its answer: updates of $LATEST and special features. */
import * as z from 'zod';
import { isoTime } from './common.ts';

export const functionKindFields = {
  features: z
    .array(z.enum(['durable', 'managed-instances', 'responses', 'tenant-isolation']))
    .describe('Special kinds of functions that its lines show'),
  deploys: z
    .array(
      z.object({
        at: isoTime,
        kind: z
          .enum(['create', 'code', 'configuration', 'unknown'])
          .describe('unknown: inventory shows an update, but not of what'),
        sources: z.array(z.enum(['cloudtrail', 'inventory'])),
        codeSha256: z.string().nullable(),
      }),
    )
    .describe('Newest updates of $LATEST, from CloudTrail and from LastModified and CodeSha256 of the inventory'),
};
