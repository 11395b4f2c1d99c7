/** Field types that rules, silences, routing and receivers share. */
import * as z from 'zod';
import { nameOf } from './common.ts';

export const name = nameOf(128);
export const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, { error: 'expected lower-case letters, digits and dashes' });
export const duration = z
  .string()
  .regex(/^(?:\d{1,6}(?:ms|s|m|h|d|w)){1,4}$/, { error: 'expected a duration such as 30s, 5m or 1h30m' });
export const labelName = z
  .string()
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/, { error: 'expected letters, digits and underscores' });
export const labels = z.record(labelName, z.string().max(1024)).refine((all) => Object.keys(all).length <= 20, {
  error: 'at most 20',
});
/** Of a stored document: a change of one that was read names the revision that it had. */
export const revision = z.string().max(64);
/** Of a rule, a receiver or a list that was applied from a file. */
export const managed = z
  .object({ file: z.string(), owner: z.string().describe('folder for files of THERMOCLINE_RULES') })
  .nullable()
  .describe('The file that it was applied from: a change by the API is refused with 409; null without one')
  .meta({ id: 'ManagedBy' });
