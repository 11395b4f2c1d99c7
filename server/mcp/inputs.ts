/** Inputs that several tools share. The API validates their values, and its answer names the one that is wrong. */
import * as z from 'zod';
import { MOST_ROWS } from './tool.ts';

const time = z.string().min(1).max(64);

/** A time range; `from` states the default of the tool. */
export const rangeInput = (from = 'now-24h') => ({
  from: time.optional().describe(`Start: ISO 8601, epoch milliseconds, or relative such as now-7d. Default: ${from}`),
  to: time.optional().describe('End, like from. Default: now'),
});

/** A part of a path: dots alone would lead out of it. */
export const nameInput = z
  .string()
  .min(1)
  .max(256)
  .regex(/^(?!\.{1,2}$)/, 'expected a name or an id');

export const functionInput = nameInput.describe(
  'Id of a function (account:region:name), or its name if it is unambiguous',
);

export const limitInput = z
  .number()
  .int()
  .min(1)
  .max(MOST_ROWS)
  .default(10)
  .describe(`Most entries, at most ${MOST_ROWS}`);
