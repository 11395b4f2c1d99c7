/** Settings of tags and teams. */
import * as z from 'zod';
import { tagFault } from '../http/contract/tag-limits.ts';

export const tagVariables = {
  THERMOCLINE_TAGS: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File of tags (YAML): patterns of functions and the tags that they have. Read at start and when it changes',
    ),
  THERMOCLINE_TEAM_TAG: z
    .string()
    .refine((key) => tagFault(key, '') === null, 'expected a key of 1 to 128 characters')
    .default('team')
    .describe('Key of the tag whose value is the team of a function'),
} as const;
