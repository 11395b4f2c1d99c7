/** Settings of tags and teams. */
import * as z from 'zod';

/** Characters that AWS admits in keys of tags. */
const KEY = /^[\p{L}\p{N} ._:/=+@-]{1,128}$/u;

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
    .regex(KEY, 'expected a key of 1 to 128 letters, digits, blanks and . _ : / = + - @')
    .default('team')
    .describe('Key of the tag whose value is the team of a function'),
} as const;
